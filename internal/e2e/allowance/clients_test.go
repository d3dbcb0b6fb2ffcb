package allowance_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// client downloads a URL from a local address into a file, in one attempt of several.
type client func(t *testing.T, attempt int, from, url, file string)

// curl interrupts its first attempt and resumes it.
func curl(t *testing.T, attempt int, from, url, file string) {
	args := []string{"-sS", "-f", "--interface", from, "-o", file}
	if attempt == 0 {
		args = append(args, "--limit-rate", "4M", "--max-time", "1")
	} else {
		args = append(args, "-C", "-")
	}
	_ = run(t, "curl", append(args, url)...)
}

// aria2 downloads in four segments, and does not split them further: it would close connections whose sockets hold parts,
// which are accounted. Its own default does not split segments of less than 40 MiB.
func aria2(t *testing.T, _ int, from, url, file string) {
	_ = run(t, "aria2c", "-q", "-c", "-x4", "-s4", "-k12M", "--interface="+from, "--max-tries=1", "--file-allocation=none",
		"--allow-overwrite=true", "--auto-file-renaming=false", "--no-conf=true", "-d", filepath.Dir(file), "-o", filepath.Base(file), url)
}

// untilSpent retries a client until it has the content or the link is spent.
func untilSpent(t *testing.T, c client, from, url, file string) (whole bool) {
	for attempt := range 1000 {
		status, _ := get(t, http.MethodHead, from, url)
		switch status {
		case http.StatusForbidden:
			return false
		case http.StatusTooManyRequests:
			time.Sleep(200 * time.Millisecond)
			continue
		}
		c(t, attempt, from, url, file)
		if holds(t, file) {
			return true
		}
	}
	return false
}

// inPage downloads a URL ten times at once in a page, until the link is spent, and evaluates to the number of whole copies.
const inPage = `(async () => {
	let whole = 0
	await Promise.all([...Array(10)].map(async () => {
		for (let i = 0; i < 200; i++) {
			try {
				const r = await fetch(%q, {cache: "no-store"})
				if (r.status === 403) return
				if (r.ok && (await r.arrayBuffer()).byteLength === %d) { whole++; return }
			} catch {}
			await new Promise(f => setTimeout(f, 200))
		}
	}))
	return whole
})()`

// newTab returns a tab of a Chromium that ends with the test.
func newTab(t *testing.T) context.Context {
	t.Helper()
	program := installed.Program(t, "chromium", "chromium")
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	limited, cancel := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(cancel)
	return limited
}

func chromiumDownloads(tab context.Context, t *testing.T, origin, path string) int {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(origin+"/page")))
	n, err := chromedp.Run(tab, chromedp.Evaluate[int](fmt.Sprintf(inPage, path, len(content)), chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return n
}
