package page_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// startGateway runs the gateway on a free port until the test ends, and returns its URL.
func startGateway(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(gatewayBinary, append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(append(os.Environ(), s3server.Env()...), "BUCKET_URL=")
	var log lockedBuffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	rest := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(rest)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		hung := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer hung.Stop()
		<-rest
		if err := cmd.Wait(); err != nil {
			t.Errorf("gateway: %v\n%s", err, log.String())
		}
	})
	require.NoError(t, err, "gateway did not start: %s", log.String())
	url, ok := strings.CutPrefix(strings.TrimSpace(first), "listening on ")
	require.True(t, ok, first)
	return url
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// listed is a folder as JSON.
type listed struct {
	Folders []struct{ Name, URL string }
	Files   []struct {
		Name, URL string
		Size      int64
	}
	Next string
}

// list requests a page of a folder as JSON.
func list(t *testing.T, url string) (l listed, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Accept", "application/json")
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr, Timeout: time.Minute}).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&l))
	return l, resp.StatusCode
}
