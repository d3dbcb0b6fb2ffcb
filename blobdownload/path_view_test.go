//go:build unix

package blobdownload_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// pathTree makes root/ with files and traps, and a secret beside it.
func pathTree(t *testing.T) *os.Root {
	t.Helper()
	outer := t.TempDir()
	dir := filepath.Join(outer, "root")
	writeFile(t, outer, "secret", []byte("secret"))
	writeFile(t, outer, "root-private/secret", []byte("secret"))
	for _, name := range []string{"in", "dir/in", `back\slash`, "a..b", "a%2fb", "%2e%2e", " in ", "é"} {
		writeFile(t, dir, name, []byte("content"))
	}
	for _, name := range []string{".env", ".git/config", "dir/.x/in"} {
		writeFile(t, dir, name, []byte("secret"))
	}
	for link, to := range map[string]string{
		"inside": "in", "rel": "../secret", "abs": filepath.Join(outer, "secret"), "up": "..", "absin": filepath.Join(dir, "in"),
		"chain": "rel", "loop": "loop", "dangling": "none", "proc": "/proc/self/environ", "zero": "/dev/zero", "linkdir": "dir",
	} {
		require.NoError(t, os.Symlink(to, filepath.Join(dir, link)))
	}
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: shortSocket(t, dir), Net: "unix"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return openRoot(t, dir)
}

// shortSocket returns a name for a socket in dir that is short enough for the kernel.
func shortSocket(t *testing.T, dir string) string {
	t.Helper()
	short, err := os.MkdirTemp("", "s") //nolint:usetesting // t.TempDir is too long a name for a socket
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	require.NoError(t, os.Symlink(dir, filepath.Join(short, "d")))
	return filepath.Join(short, "d", "socket")
}

func TestPathViewStaysInItsRoot(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	h := quietServer().Handler(blobdownload.PathView(root, queryKey))
	for _, c := range []struct {
		id, name string
		want     int
	}{
		{"a file", "in", 200},
		{"in a directory", "dir/in", 200},
		{"a link that stays inside", "inside", 200},
		{"through a linked directory", "linkdir/in", 200},
		{"PT2 a backslash is a letter", `back\slash`, 200},
		{"dots in a name", "a..b", 200},
		{"PT21 decoded no second time", "a%2fb", 200},
		{"PT21 dots decoded no second time", "%2e%2e", 200},
		{"blanks", " in ", 200},
		{"not ASCII", "é", 200},
		{"missing", "none", 404},
		{"below a file", "in/x", 404},
		{"PT1 up", "../secret", 404},
		{"PT1 up and down", "dir/../../secret", 404},
		{"PT1 only up", "..", 404},
		{"PT1 encoded", "%2e%2e/secret", 404},
		{"PT1 twice", "....//secret", 404},
		{"PT1 parameter", "..;/secret", 404},
		{"PT2 up by backslash", `..\secret`, 404},
		{"neighbour", "../root-private/secret", 404},
		{"absolute", "/etc/passwd", 404},
		{"PT5 link out, relative", "rel", 404},
		{"PT5 link out, absolute", "abs", 404},
		{"PT5 link out, directory", "up/secret", 404},
		{"PT5 link out, chain", "chain", 404},
		{"PT5 link to a process", "proc", 404},
		{"PT5 link to a device", "zero", 404},
		{"PT6 link and slash", "rel/", 404},
		{"PT9 absolute link inside", "absin", 404},
		{"link to itself", "loop", 404},
		{"link to nothing", "dangling", 404},
		{"PT12 directory", "dir", 404},
		{"PT12 the root", ".", 404},
		{"PT12 a socket", "socket", 404},
		{"PT14 NUL", "in\x00.png", 404},
		{"PT16 slash at the end", "in/", 404},
		{"PT16 dot", "./in", 404},
		{"PT16 double slash", "dir//in", 404},
		{"PT18 hidden", ".env", 404},
		{"PT18 in a hidden directory", ".git/config", 404},
		{"PT18 deeper", "dir/.x/in", 404},
		{"PT28 not UTF-8", "\xff\xfe", 404},
		{"CR LF", "in\r\nX: y", 404},
		{"4 KiB", strings.Repeat("x", 4096), 404},
		{"4 KiB of directories", strings.Repeat("x/", 2048) + "x", 404},
		{"empty", "", 404},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"GET", "HEAD"} {
				r := request(t, method, "/")
				r.URL.RawQuery = query(c.name)
				resp := exchangeRequest(h, r)
				require.Equal(t, c.want, resp.StatusCode, method)
				body := bodyText(t, resp)
				assert.NotContains(t, body, "secret")
				assert.NotContains(t, resp.Header, "X", "no header is split")
				if c.want == http.StatusOK && method == "GET" {
					assert.Equal(t, "content", body)
				}
			}
		})
	}
}

// PT12, M12: opening a pipe blocks until its other end is open.
func TestPathViewDoesNotWaitForAPipe(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	done := make(chan int, 2)
	go func() {
		view := blobdownload.PathView(root, queryKey)
		done <- exchange(t, quietServer().Handler(view), "GET", "/?key=fifo").StatusCode
	}()
	select {
	case status := <-done:
		assert.Equal(t, http.StatusNotFound, status)
	case <-time.After(10 * time.Second):
		t.Fatal("waits for somebody to write")
	}
}

// A file that is replaced by a pipe after Stat is rejected when it is opened.
func TestPathViewChecksTheOpenedFile(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	view := blobdownload.PathView(root, queryKey)
	d, err := view(request(t, "GET", "/?key=fifo"))
	require.NoError(t, err)
	rc, err := d.File.Open(t.Context(), 0, -1)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Nil(t, rc)
	assert.Zero(t, openFiles(t, root.Name()))
}

// PT18: hidden files are served only with Paths.Hidden.
func TestHiddenFiles(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	hidden := quietServer().Handler(blobdownload.Paths{Root: root, Hidden: true}.View(queryKey))
	plain := quietServer().Handler(blobdownload.Paths{Root: root}.View(queryKey))
	for _, name := range []string{".env", ".git/config", "dir/.x/in"} {
		assert.Equal(t, 200, exchange(t, hidden, "GET", "/?"+query(name)).StatusCode, name)
		assert.Equal(t, 404, exchange(t, plain, "GET", "/?"+query(name)).StatusCode, name)
	}
	for _, name := range []string{"../secret", ".", "..", "rel"} {
		assert.Equal(t, 404, exchange(t, hidden, "GET", "/?"+query(name)).StatusCode, name)
	}
}
