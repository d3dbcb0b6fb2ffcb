package gateway_test

import (
	"os/exec"
	"testing"

	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
)

// gateway is a running gateway process.
type gateway struct{ *gatewayproc.Process }

func startGateway(t *testing.T, args ...string) *gateway {
	t.Helper()
	return &gateway{gatewayproc.Serve(t, gatewayBinary, args...)}
}

func startAs(t *testing.T, cmd *exec.Cmd) *gateway {
	t.Helper()
	return &gateway{gatewayproc.Start(t, cmd)}
}

func gatewayCommand(args ...string) *exec.Cmd { return gatewayproc.Command(gatewayBinary, args...) }
