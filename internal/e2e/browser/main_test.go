// Package browser_test opens downloads in real browsers, Chromium and Firefox: each inline type as a page, within a page, and once
// more from the browser's cache. It also saves downloads under hostile names.
package browser_test

import (
	"os"
	"testing"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// browser is a browser that all tests share.
type browser struct {
	name    string
	missing string // why it is not running; "" if it is
	open    func(t *testing.T) tab
	saves   string // the directory of its downloads
}

// tab is a tab of a browser, which is closed after the test.
type tab interface {
	navigate(url string) error
	// eval stores the value of a script, or of the promise that it returns, in out.
	eval(script string, out any) error
	screenshot() ([]byte, error)
}

var chromium, firefox *browser

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var stop func()
	chromium, stop = startChromium()
	defer stop()
	firefox, stop = startFirefox()
	defer stop()
	return m.Run()
}

// inBrowsers runs a test in each browser.
func inBrowsers(t *testing.T, test func(t *testing.T, b *browser)) {
	t.Helper()
	for _, b := range []*browser{chromium, firefox} {
		t.Run(b.name, func(t *testing.T) {
			b.require(t)
			t.Parallel()
			test(t, b)
		})
	}
}

// require ends the test if the browser is not running.
func (b *browser) require(t *testing.T) {
	t.Helper()
	if b.missing != "" {
		installed.Missing(t, b.missing)
	}
}
