package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// letters is a reader of n equal letters, followed by an error or a panic.
type letters struct {
	n      int64
	after  error // instead of io.EOF
	panics any   // a panic instead of after
}

func (e *letters) Read(p []byte) (int, error) {
	if e.n == 0 {
		if e.panics != nil {
			panic(e.panics)
		}
		if e.after != nil {
			return 0, e.after
		}
		return 0, io.EOF
	}
	if int64(len(p)) > e.n {
		p = p[:e.n]
	}
	for i := range p {
		p[i] = 'x'
	}
	e.n -= int64(len(p))
	return len(p), nil
}

// lettersOf returns n bytes of text in which nearby windows differ.
func lettersOf(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strconv.Itoa(i))
		b.WriteByte(' ')
	}
	return b.String()[:n]
}

// openFiles returns the number of this process's open descriptors under a directory.
func openFiles(t *testing.T, dir string) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("descriptors are counted by /proc")
	}
	all, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	dir, err = filepath.EvalSymlinks(dir)
	require.NoError(t, err)
	n := 0
	for _, fd := range all {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(to, dir+"/") {
			n++
		}
	}
	return n
}

// zeroFile returns a file of n zero bytes. Each read takes pause.
func zeroFile(n int64, pause time.Duration) *wrapper.File {
	p := newCountingSource("")
	p.info.Size = n
	p.body = func(off, n int64) io.Reader { return io.LimitReader(slowZeros(pause), n) }
	return p.file("zeros.bin")
}

type slowZeros time.Duration

func (z slowZeros) Read(p []byte) (int, error) {
	time.Sleep(time.Duration(z))
	return len(p), nil
}

// window limits the readers of body to their n bytes.
func window(body func(off, n int64) io.Reader) func(off, n int64) io.Reader {
	return func(off, n int64) io.Reader { return io.LimitReader(body(off, n), n) }
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// blockedFile returns a file whose second line is written after release has been closed.
func blockedFile(release <-chan struct{}) *wrapper.File {
	return wrapper.Func("held.txt", func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "begin\n"); err != nil {
			return err
		}
		select {
		case <-release:
			_, err := io.WriteString(w, "end\n")
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// inFlight reads the first line of a blockedFile's response, so that its download is in flight.
func inFlight(t *testing.T, resp *http.Response) *http.Response {
	t.Helper()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	first := make([]byte, len("begin\n"))
	_, err := io.ReadFull(resp.Body, first)
	require.NoError(t, err)
	return resp
}

// writeFile writes a local file whose modification time is modTime.
func writeFile(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, content, 0o600))
	require.NoError(t, os.Chtimes(path, modTime, modTime))
}

func openRoot(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	return root
}

func memBucket(t testing.TB) *wrapper.Bucket {
	b := wrapper.NewBucket(memblob.OpenBucket(nil))
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func fileBucket(t testing.TB, dir string) *wrapper.Bucket {
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return wrapper.NewBucket(b)
}

func put(t testing.TB, b *wrapper.Bucket, key, contentType string, content []byte) {
	t.Helper()
	require.NoError(t, b.WriteAll(t.Context(), key, content, &blob.WriterOptions{ContentType: contentType}))
}
