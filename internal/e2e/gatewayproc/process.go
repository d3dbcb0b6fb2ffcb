package gatewayproc

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// moduleRoot is the root module, seen from the directory of a package's tests.
const moduleRoot = "../../.."

// Build builds the gateway into a directory and returns its path. It prints what the compiler reports.
func Build(dir string) (string, error) {
	binary := filepath.Join(dir, "gateway")
	build := exec.Command("go", "build", "-o", binary, "./examples/gateway")
	build.Dir, build.Stdout, build.Stderr = moduleRoot, os.Stdout, os.Stderr
	return binary, build.Run()
}

// Command returns a command of a built gateway, with the credentials of the test's S3 servers.
func Command(binary string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), s3server.Env()...)
	return cmd
}

// Process is a running gateway.
type Process struct {
	*exec.Cmd
	URL string // http://127.0.0.1:PORT
	Log *Log   // standard error

	wait  func() error // waits for the end of the process
	ended bool         // the test has checked the exit status
}

// Serve runs the gateway on a free port until the test ends, as Start does.
func Serve(t *testing.T, binary string, args ...string) *Process {
	t.Helper()
	return Start(t, Command(binary, append([]string{"-addr", "127.0.0.1:0"}, args...)...))
}

// Start runs the gateway until the test ends. Then it must drain and exit with 0.
func Start(t *testing.T, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Cmd: cmd, Log: &Log{}}
	cmd.Stderr = p.Log
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, rest := bufio.NewReader(stdout), make(chan string, 1)
	first, err := line.ReadString('\n')
	go func() {
		more, _ := io.ReadAll(line)
		rest <- string(more)
	}()
	p.wait = sync.OnceValue(func() error {
		assert.Empty(t, <-rest, "standard output holds the address and nothing else")
		return cmd.Wait()
	})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		hung := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer hung.Stop()
		if err := p.wait(); err != nil && !p.ended {
			t.Errorf("gateway: %v\n%s", err, p.Log)
		}
	})
	require.NoError(t, err, "gateway did not start: %s", p.Log)
	addr, ok := strings.CutPrefix(strings.TrimSuffix(first, "\n"), "listening on http://127.0.0.1:")
	require.True(t, ok, "standard output begins with %q", first)
	p.URL = "http://127.0.0.1:" + addr
	return p
}

// Terminate sends SIGTERM, on which the gateway drains.
func (p *Process) Terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
}

// ExitStatus waits for the end of the gateway.
func (p *Process) ExitStatus(t *testing.T) int {
	t.Helper()
	p.ended = true
	err := p.wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

// Host returns the address of the gateway.
func (p *Process) Host() string { return strings.TrimPrefix(p.URL, "http://") }
