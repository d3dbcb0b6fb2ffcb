package browser_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

func startChromium() (b *browser, stop func()) {
	b = &browser{name: "chromium"}
	program, err := exec.LookPath("chromium")
	if err != nil {
		b.missing = "chromium not installed (package chromium)"
		return b, func() {}
	}
	dir := tempDir(b.name)
	b.saves = filepath.Join(dir, "downloads")
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(dir), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("hide-scrollbars", true),
		chromedp.WindowSize(800, 600),
	)...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		panic(err)
	}
	save := cdp.SetDownloadBehaviorParams{Behavior: cdp.SetDownloadBehaviorBehaviorAllow, DownloadPath: b.saves}
	if _, err := chromedp.CallBrowser(ctx, cdp.SetDownloadBehavior, save); err != nil {
		panic(err)
	}
	b.open = func(t *testing.T) tab {
		t.Helper()
		page, closeTab := chromedp.NewContext(ctx)
		t.Cleanup(closeTab)
		limited, cancel := context.WithTimeout(page, tabLimit)
		t.Cleanup(cancel)
		return chromiumTab{limited}
	}
	return b, func() {
		closeBrowser()
		stopAllocator()
		_ = os.RemoveAll(dir)
	}
}

// tabLimit is how long a tab can be used.
const tabLimit = time.Minute

func tempDir(name string) string {
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		panic(err)
	}
	return dir
}

type chromiumTab struct {
	ctx context.Context //nolint:containedctx // the tab is a context of chromedp
}

func (c chromiumTab) navigate(url string) error { return chromedp.Do(c.ctx, chromedp.Navigate(url)) }

func (c chromiumTab) eval(script string, out any) error {
	value, err := chromedp.Run(c.ctx, chromedp.Evaluate[json.RawMessage](script, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal(value, out)
}

func (c chromiumTab) screenshot() ([]byte, error) {
	return chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
}
