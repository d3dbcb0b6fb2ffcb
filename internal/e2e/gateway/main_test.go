// Package gateway_test tests examples/gateway as a user builds it: its binary, with real storage and real clients.
package gateway_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
	_ "github.com/go-downloadview/downloadview/internal/e2e/s3server" // before TestMain: this binary is also the S3 server
)

const moduleRoot = "../../.."

// gatewayBinary is the path of the built gateway.
var gatewayBinary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gateway")
	if err == nil {
		err = os.Chmod(dir, 0o755) // a test runs it as another user
	}
	if err == nil {
		gatewayBinary, err = gatewayproc.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the gateway:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}
