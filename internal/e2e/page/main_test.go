// Package page_test uses the page of examples/gateway in a real Chromium, on directories, on a real S3 server, and behind a
// real nginx.
package page_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
	_ "github.com/go-downloadview/downloadview/internal/e2e/s3server" // before TestMain: this binary is also the S3 server
)

const moduleRoot = "../../.."

var (
	gatewayBinary string
	chromium      context.Context //nolint:containedctx // the browser is a context of chromedp
	missing       string          // why there is no browser
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "page")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if gatewayBinary, err = gatewayproc.Build(dir); err != nil {
		fmt.Fprintln(os.Stderr, "build the gateway:", err)
		return 1
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		missing = "chromium not installed (package chromium)"
		return m.Run()
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("hide-scrollbars", true),
		chromedp.WindowSize(1100, 800),
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
