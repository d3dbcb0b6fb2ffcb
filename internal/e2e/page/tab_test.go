package page_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// tab is a tab of the browser. At the end of its test it must have reported no error and no violation of a policy.
type tab struct {
	context.Context //nolint:containedctx // a tab is a context of chromedp
	downloads       string

	mu        sync.Mutex
	responses []network.Response
	faults    []string
}

func newTab(t *testing.T) *tab {
	t.Helper()
	if missing != "" {
		installed.Missing(t, missing)
	}
	ctx, closeTab := chromedp.NewContext(chromium)
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(ctx))
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	b := &tab{Context: limited, downloads: t.TempDir()}
	require.NoError(t, chromedp.Listen(ctx, b.record))
	_, err := chromedp.Call(limited, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	_, err = chromedp.Call(limited, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	_, err = chromedp.CallBrowser(limited, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: "allow", DownloadPath: b.downloads,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.Empty(t, b.reported(), "errors in the console, violations of the policy") })
	return b
}

func (b *tab) record(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventResponseReceived:
		b.responses = append(b.responses, *ev.Response)
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" || ev.Entry.Level == "warning" {
			b.faults = append(b.faults, ev.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" {
			b.faults = append(b.faults, "console.error")
		}
	}
}

func (b *tab) reported() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults
}

// forgive drops the reports so far, which a test expects.
func (b *tab) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// statuses returns the statuses of the responses whose URL has a part.
func (b *tab) statuses(part string) (all []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.responses {
		if strings.Contains(r.URL, part) {
			all = append(all, int(r.Status))
		}
	}
	return all
}

func (b *tab) open(t *testing.T, url string) {
	t.Helper()
	require.NoError(t, chromedp.Do(b, chromedp.Navigate(url)))
}

func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	b.eventually(t, `document.readyState === "complete"`)
	require.NoError(t, chromedp.Do(b, chromedp.Click(chromedp.CSS(selector))))
}

// eventually requires that a script becomes true.
func (b *tab) eventually(t *testing.T, script string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got, err := chromedp.Run(b, chromedp.Evaluate[bool](script))
		require.NoError(c, err)
		assert.True(c, got, script)
	}, 20*time.Second, 50*time.Millisecond)
}

func evaluate[T any](t *testing.T, b *tab, script string, opts ...chromedp.EvaluateOption) T {
	t.Helper()
	got, err := chromedp.Run(b, chromedp.Evaluate[T](script, opts...))
	require.NoError(t, err, script)
	return got
}

// downloaded waits for a complete download and returns its content.
func (b *tab) downloaded(t *testing.T, name string) []byte {
	t.Helper()
	var content []byte
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var err error
		content, err = os.ReadFile(filepath.Join(b.downloads, name))
		require.NoError(c, err)
	}, 20*time.Second, 50*time.Millisecond)
	return content
}

// shot keeps a screenshot as an artefact of the test.
func (b *tab) shot(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(b, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(png, []byte("\x89PNG")))
	require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o600))
}
