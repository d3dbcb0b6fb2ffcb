package blobdownload_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// alteringWriter calls alter once, before or after one of its calls.
type alteringWriter struct {
	http.ResponseWriter
	left  int // until alter
	alter func()
}

func (w *alteringWriter) count() {
	w.left--
	if w.left == 0 {
		w.alter()
	}
}

func (w *alteringWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *alteringWriter) Write(p []byte) (int, error) {
	w.count()
	return w.ResponseWriter.Write(p)
}

func (w *alteringWriter) ReadFrom(r io.Reader) (int64, error) {
	w.count()
	defer w.count()
	return w.ResponseWriter.(io.ReaderFrom).ReadFrom(r)
}

// alteration is a change of a file by another program.
type alteration struct {
	alter   func(name string, size int) error
	inPlace bool // the open file changes
}

var alterations = map[string]alteration{
	"truncated":   {func(name string, size int) error { return os.Truncate(name, int64(size/2)) }, true},
	"emptied":     {func(name string, _ int) error { return os.Truncate(name, 0) }, true},
	"cut by one":  {func(name string, size int) error { return os.Truncate(name, int64(size-1)) }, true},
	"appended to": {func(name string, size int) error { return os.Truncate(name, int64(size+100)) }, true},
	"rewritten":   {func(name string, size int) error { return os.WriteFile(name, make([]byte, size), 0o600) }, true},
	"removed":     {func(name string, _ int) error { return os.Remove(name) }, false},
	"replaced": {func(name string, size int) error {
		if err := os.WriteFile(name+".new", make([]byte, size), 0o600); err != nil {
			return err
		}
		return os.Rename(name+".new", name)
	}, false},
}

// A file that is altered in place before its last block is confirmed gives a transfer that fails. A file that is replaced
// gives its content at opening.
func TestAlteredFileIsNotMixed(t *testing.T) {
	t.Parallel()
	if os.PathSeparator != '/' {
		t.Skip("an open file cannot be replaced")
	}
	const wholeSize = 64 << 10 // of a body that is read before its header is sent
	dir := t.TempDir()
	server := quietServer()
	server.MinRate = 1 // calls of sendfile send 512 KiB
	h := server.Handler(blobdownload.PathView(openRoot(t, dir), func(*http.Request) string { return "a" }))
	writers := make(chan *alteringWriter, 1)
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		altering := <-writers
		altering.ResponseWriter = w
		h.ServeHTTP(altering, r)
	}))
	path := filepath.Join(dir, "a")
	for _, size := range []int{wholeSize, wholeSize + 1, wholeSize + 2047, 600 << 10} {
		content := lettersOf(size)
		for header, want := range map[string]string{
			"bytes=0-":                          content,
			fmt.Sprintf("bytes=1-%d", size-2):   content[1 : size-1],
			fmt.Sprintf("bytes=-%d", wholeSize): content[size-wholeSize:],
		} {
			for name, a := range alterations {
				for at := 1; at <= 3; at++ { // before the header, and before and after the first sendfile
					writeFile(t, dir, "a", []byte(content))
					old := time.Now().Add(-time.Hour)
					require.NoError(t, os.Chtimes(path, old, old))
					writers <- &alteringWriter{left: at, alter: func() { assert.NoError(t, a.alter(path, size)) }}
					body, err := getRange(t, srv.URL, header)
					if a.inPlace && len(want) > wholeSize {
						assert.Error(t, err, "%s of %d, %s at %d", header, size, name, at)
						continue
					}
					if assert.NoError(t, err) {
						assert.Equal(t, sha256.Sum256([]byte(want)), sha256.Sum256([]byte(body)), "%s of %d, %s at %d: %d bytes", header, size, name, at, len(body))
					}
				}
			}
		}
	}
}

// getRange returns the body of a 206.
func getRange(t *testing.T, url, header string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Range", header)
	r.Close = true // a client retries a request on a connection that was used before
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
