// Package googleauth_test reads Google Cloud Storage as a program in production does: with gs:// URLs, Application
// Default Credentials, TLS and the host names of the service. HTTPS_PROXY routes all of them to this process, which
// forwards nothing.
package googleauth_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// near is the server of Google's host names, and reader is the account of the application.
var (
	near   *internet
	reader *account
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "google")
	if err == nil {
		near, err = startInternet(dir)
	}
	if err == nil {
		reader, err = newAccount(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	near.handlers.Store(tokenHost, http.HandlerFunc(reader.serve))
	code := m.Run()
	near.stop()
	_ = os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
