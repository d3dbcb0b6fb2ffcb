package allowance_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// TestAllowanceOfThree downloads a link for three downloads a hundred times at once, from two servers.
func TestAllowanceOfThree(t *testing.T) {
	installed.Program(t, "curl", "curl")
	installed.Program(t, "aria2c", "aria2")
	d := newDatabase(t)
	servers := []*app{newApp(t, d), newApp(t, d)}
	for name, c := range map[string]struct {
		clients  []client
		n        int
		chromium bool
	}{
		"curl":     {[]client{curl}, 10, false},
		"aria2":    {[]client{aria2}, 10, false},
		"Chromium": {nil, 0, true},
		"all":      {[]client{curl, aria2}, 90, true}, // and ten of Chromium
	} {
		t.Run(name, func(t *testing.T) {
			path, dir := link(t, 3), t.TempDir()
			var whole atomic.Int64
			var wg sync.WaitGroup
			for i := range c.n {
				wg.Go(func() {
					from, file := fmt.Sprintf("127.0.1.%d", i+1), filepath.Join(dir, fmt.Sprint(i))
					if untilSpent(t, c.clients[i%len(c.clients)], from, "http://"+servers[i%2].addr+path, file) {
						whole.Add(1)
					}
				})
			}
			if c.chromium {
				whole.Add(int64(chromiumDownloads(newTab(t), t, "http://"+servers[0].addr, path)))
			}
			wg.Wait()
			assert.EqualValues(t, 3, whole.Load())
			for _, s := range servers {
				status, _ := get(t, http.MethodGet, "127.0.2.1", "http://"+s.addr+path)
				assert.Equal(t, http.StatusForbidden, status)
			}
		})
	}
}

// slowly starts curl, which takes some seconds, and returns when it has the first bytes.
func slowly(t *testing.T, url, file string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "curl", "-sS", "--interface", "127.0.1.1", "--limit-rate", "1M", "-o", file, url)
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		s, err := os.Stat(file)
		return err == nil && s.Size() > 1<<20
	}, 20*time.Second, 20*time.Millisecond)
	return cmd
}

// TestAllowanceOfAKilledServer kills the server in the middle of a download, which is resumed. No download is lost, and
// none is given away.
func TestAllowanceOfAKilledServer(t *testing.T) {
	installed.Program(t, "curl", "curl")
	a := newApp(t, newDatabase(t))
	path, file := link(t, 3), filepath.Join(t.TempDir(), "a")
	url := "http://" + a.addr + path
	cmd := slowly(t, url, file)
	a.kill()
	require.Error(t, cmd.Wait())
	assert.False(t, holds(t, file))
	a.start(t)
	whole := 0
	if untilSpent(t, func(t *testing.T, _ int, from, url, file string) { curl(t, 1, from, url, file) }, "127.0.1.1", url, file) {
		whole++
	}
	for range 5 {
		if status, ok := get(t, http.MethodGet, "127.0.1.2", url); ok && status == http.StatusOK {
			whole++
		}
	}
	assert.Equal(t, 3, whole)
}

// TestAllowanceWithoutDatabase stops the database before a download and in the middle of one.
func TestAllowanceWithoutDatabase(t *testing.T) {
	installed.Program(t, "curl", "curl")
	d := newDatabase(t)
	a := newApp(t, d)
	path, file := link(t, 3), filepath.Join(t.TempDir(), "a")
	cmd := slowly(t, "http://"+a.addr+path, file)
	d.kill()
	require.Error(t, cmd.Wait())
	assert.False(t, holds(t, file))
	status, whole := get(t, http.MethodGet, "127.0.1.2", "http://"+a.addr+path)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.False(t, whole)
}
