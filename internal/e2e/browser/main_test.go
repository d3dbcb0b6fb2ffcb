// Package browser_test opens downloads in a real Chromium: each inline type as a page, within a page, and once more from the
// browser's cache.
package browser_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the context of the browser that all tests share, and missing the reason why there is none.
var (
	chromium context.Context //nolint:containedctx // the browser is a context of chromedp
	missing  string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	program, err := exec.LookPath("chromium")
	if err != nil {
		missing = "chromium not installed (package chromium)"
		return m.Run()
	}
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		missing = err.Error()
		return m.Run()
	}
	defer os.RemoveAll(profile)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("hide-scrollbars", true),
		chromedp.WindowSize(800, 600),
	)...)
	defer stop()
	var closeBrowser context.CancelFunc
	chromium, closeBrowser = chromedp.NewContext(allocator)
	defer closeBrowser()
	if err := chromedp.Do(chromium); err != nil {
		fmt.Fprintln(os.Stderr, "chromium does not start:", err)
		return 1
	}
	return m.Run()
}
