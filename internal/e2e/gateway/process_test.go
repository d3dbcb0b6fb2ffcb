package gateway_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// gateway is a running gateway process.
type gateway struct {
	URL string // http://127.0.0.1:PORT

	cmd   *exec.Cmd
	log   *buffer
	wait  func() error // waits for the end of the process
	ended bool         // the test has checked the exit status
}

// startGateway runs the gateway on a free port until the test ends. Then it must drain and exit with 0.
func startGateway(t *testing.T, args ...string) *gateway {
	t.Helper()
	return startAs(t, gatewayCommand(append([]string{"-addr", "127.0.0.1:0"}, args...)...))
}

// startAs is startGateway with a given command.
func startAs(t *testing.T, cmd *exec.Cmd) *gateway {
	t.Helper()
	g := &gateway{cmd: cmd, log: &buffer{}}
	g.cmd.Stderr = g.log
	stdout, err := g.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, g.cmd.Start())
	line, rest := bufio.NewReader(stdout), make(chan string, 1)
	first, err := line.ReadString('\n')
	go func() {
		more, _ := io.ReadAll(line)
		rest <- string(more)
	}()
	g.wait = sync.OnceValue(func() error {
		assert.Empty(t, <-rest, "standard output holds the address and nothing else")
		return g.cmd.Wait()
	})
	t.Cleanup(func() {
		_ = g.cmd.Process.Signal(syscall.SIGTERM)
		hung := time.AfterFunc(20*time.Second, func() { _ = g.cmd.Process.Kill() })
		defer hung.Stop()
		if err := g.wait(); err != nil && !g.ended {
			t.Errorf("gateway: %v\n%s", err, g.log)
		}
	})
	require.NoError(t, err, "gateway did not start: %s", g.log)
	addr, ok := strings.CutPrefix(strings.TrimSuffix(first, "\n"), "listening on http://127.0.0.1:")
	require.True(t, ok, "standard output begins with %q", first)
	g.URL = "http://127.0.0.1:" + addr
	return g
}

// terminate sends SIGTERM, on which the gateway drains.
func (g *gateway) terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGTERM))
}

// exitStatus waits for the end of the gateway.
func (g *gateway) exitStatus(t *testing.T) int {
	t.Helper()
	g.ended = true
	err := g.wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

// host returns the address of the gateway.
func (g *gateway) host() string { return strings.TrimPrefix(g.URL, "http://") }

// gatewayCommand returns a command with the credentials of the test's S3 servers.
func gatewayCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(gatewayBinary, args...)
	cmd.Env = append(os.Environ(), s3server.Env()...)
	return cmd
}

// buffer is a bytes.Buffer that is safe for concurrent use.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
