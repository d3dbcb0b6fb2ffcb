package archive_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// Chromium resumes an interrupted download without the user, five times at most.
func TestInterruptedArchivesAreResumedByChromium(t *testing.T) {
	chromium := program(t, "chromium", "chromium")
	members := stored(t)
	for _, f := range []*wrapper.File{archive.Tar("x.tar", members...), archive.Zip("x.zip", members...)} {
		t.Run(f.Base(), func(t *testing.T) {
			s := interrupt(t, f)
			path := downloadWithChromium(t, chromium, s.URL, f.Base())
			// Three members are requested again: the interrupted one, and two that Chromium had not read when the connection ended.
			s.resumed(t, path, len(members), 3)
		})
	}
}

// downloadWithChromium downloads a URL and returns the path of the complete file.
func downloadWithChromium(t *testing.T, program, url, name string) string {
	t.Helper()
	dir := t.TempDir()
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)...)
	t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	require.NoError(t, chromedp.Do(ctx))
	save := browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, save)
	require.NoError(t, err)
	_ = chromedp.Do(ctx, chromedp.Navigate(url)) // it reports that the navigation became a download
	path := filepath.Join(dir, name)
	require.Eventually(t, func() bool {
		_, err := os.Stat(path) // its name is another one until it is complete
		return err == nil
	}, 10*time.Minute, 50*time.Millisecond, "the download is not complete")
	return path
}
