// Package offload_test offloads downloads to real reverse proxies and a real S3 server.
package offload_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	_ "github.com/go-downloadview/downloadview/internal/e2e/s3server" // before TestMain: this binary is also the S3 server
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start"), // of the SDK of Google Cloud Storage
		goleak.Cleanup(func(code int) {
			_ = os.RemoveAll(gatewayDir)
			os.Exit(code)
		}))
}
