package blobdownload_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

var errChecksum = errors.New("checksum does not match")

// M1: a storage reports a checksum mismatch at the end of a body, when the client may have all other bytes.
func TestEndIsConfirmedBeforeTheLastBlock(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	content := strings.Repeat("x", size)
	for _, c := range []struct {
		name   string
		body   func(off, n int64) io.Reader
		size   int64
		status int // 0: aborted
	}{
		{"as long as it said", func(int64, int64) io.Reader { return &letters{n: size} }, size, 200},
		{"fails after the last byte", func(int64, int64) io.Reader { return &letters{n: size, after: errChecksum} }, size, 0},
		{"one byte more", func(int64, int64) io.Reader { return &letters{n: size + 1} }, size, 0},
		{"one byte less", func(int64, int64) io.Reader { return &letters{n: size - 1} }, size, 0},
		{"one small block, fails at its end", func(int64, int64) io.Reader { return &letters{n: 10, after: errChecksum} }, 10, 502},
		{"one small block, a byte more", func(int64, int64) io.Reader { return &letters{n: 11} }, 10, 502},
		{"one small block, a byte less", func(int64, int64) io.Reader { return &letters{n: 9} }, 10, 502},
		{"fails before its first byte", func(int64, int64) io.Reader { return &letters{after: errChecksum} }, size, 502},
		{"nothing where something was said", func(int64, int64) io.Reader { return &letters{} }, size, 502},
		{"never gets on", func(int64, int64) io.Reader { return emptyReader{} }, size, 502},
		{"unknown length, fails before its first byte", func(int64, int64) io.Reader { return &letters{after: errChecksum} }, -1, 502},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource("")
			p.info.Size, p.body = c.size, c.body
			srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })))
			resp, err := roundTrip(t, srv, "GET", "/")
			var body []byte
			if err == nil {
				body, err = io.ReadAll(resp.Body)
			}
			p.closedOnce(t, 1)
			if c.status == 0 {
				require.Error(t, err)
				assert.Less(t, int64(len(body)), c.size, "never all of it")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.status, resp.StatusCode)
			if c.status == http.StatusOK {
				assert.Equal(t, content, string(body))
			} else {
				assert.NotContains(t, resp.Header, "Etag")
				assert.Equal(t, "Bad Gateway\n", string(body))
			}
		})
	}
}

// emptyReader is a reader that returns neither bytes nor an error.
type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

func TestLocalFilesUseSendfile(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	dir := t.TempDir()
	writeFile(t, dir, "a", content)
	s := &blobdownload.Storage{Bucket: fileBucket(t, dir)}
	views := map[string]blobdownload.View{
		"storage": blobdownload.StorageView(s, queryKey), "path": blobdownload.PathView(openRoot(t, dir), queryKey),
	}
	for name, view := range views {
		for _, c := range []struct {
			name, field string
			off, end    int64
		}{{"whole", "", 0, size}, {"range", "bytes=1000-2000999", 1000, 2001000}} {
			t.Run(name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				w := &readerFromWriter{recordingWriter: newRecordingWriter()}
				r := request(t, "GET", "/?key=a", "Range", c.field)
				quietServer().Handler(view).ServeHTTP(w, r)
				require.NotEmpty(t, w.readers)
				for _, in := range w.readers {
					l, ok := in.(*io.LimitedReader)
					require.True(t, ok, "%T", in)
					assert.IsType(t, &os.File{}, l.R)
				}
				assert.Equal(t, content[c.off:c.end], w.body.Bytes())
				assert.Greater(t, int64(w.wrote), (c.end-c.off)*9/10, "nearly all of it")
				assert.Less(t, int64(w.wrote), c.end-c.off, "the last block is confirmed first")
			})
		}
	}
	t.Run("not over HTTP/2", func(t *testing.T) {
		t.Parallel()
		w := &readerFromWriter{recordingWriter: newRecordingWriter()}
		r := request(t, "GET", "/?key=a")
		r.ProtoMajor, r.ProtoMinor = 2, 0
		quietServer().Handler(views["path"]).ServeHTTP(w, r)
		assert.Empty(t, w.readers)
		assert.Equal(t, content, w.body.Bytes())
	})
	t.Run("the client left", func(t *testing.T) {
		t.Parallel()
		server, log := loggedServer()
		gone := &net.OpError{Op: "readfrom", Err: os.NewSyscallError("sendfile", io.ErrClosedPipe)}
		w := &readerFromWriter{recordingWriter: newRecordingWriter(), fail: gone}
		require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
			server.Handler(views["path"]).ServeHTTP(w, request(t, "GET", "/?key=a"))
		})
		assert.Contains(t, log.String(), "client left")
		assert.NotContains(t, log.String(), "level=ERROR")
	})
}

func TestLocalFileTruncatedDuringSendfile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "a", make([]byte, 8<<20))
	view := blobdownload.PathView(openRoot(t, dir), queryKey)
	w := &readerFromWriter{recordingWriter: newRecordingWriter()}
	w.recordingWriter.discard = true
	cut := &truncatingWriter{readerFromWriter: w, path: dir + "/a"}
	require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
		quietServer().Handler(view).ServeHTTP(cut, request(t, "GET", "/?key=a"))
	})
	assert.Less(t, w.bytes, int64(8<<20))
	assert.Zero(t, openFiles(t, dir))
}

// truncatingWriter truncates the file of a sendfile call before it reads it.
type truncatingWriter struct {
	*readerFromWriter
	path string
}

func (c *truncatingWriter) ReadFrom(r io.Reader) (int64, error) {
	if err := os.Truncate(c.path, 1<<20); err != nil {
		return 0, err
	}
	return c.readerFromWriter.ReadFrom(r)
}

func TestBufferGrowsForAFastClient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		size    int64
		took    time.Duration // a write
		largest int
	}{
		{"fast", 16 << 20, 0, 256 << 10},
		{"fast enough", 16 << 20, 50 * time.Millisecond, 256 << 10},
		{"slow", 16 << 20, 51 * time.Millisecond, 12 << 10},
		{"slow, TLS", 16 << 20, 51 * time.Millisecond, 16 << 10},
		{"a short body", 200 << 10, 0, 200 << 10},
		{"a short body of a slow client", 200 << 10, time.Minute, 200 << 10},
		{"a body of one small block", 10 << 10, 0, 10 << 10},
		{"soon over", 300 << 10, 0, 64 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newCountingSource("")
				p.info.Size = c.size
				p.body = func(_, n int64) io.Reader { return &letters{n: n} }
				w := newRecordingWriter()
				w.delay, w.discard = c.took, true
				r := request(t, "GET", "/")
				if strings.HasSuffix(c.name, "TLS") {
					r.TLS = new(tls.ConnectionState)
				}
				require.NoError(t, quietServer().Serve(w, r, &blobdownload.Download{File: p.file("a")}))
				assert.Equal(t, c.largest, w.largest)
				assert.Equal(t, c.size, w.bytes)
			})
		})
	}
}

func TestBufferShrinksForAClientThatSlowsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newCountingSource("")
		p.info.Size = 16 << 20
		var buffers []int
		w := newRecordingWriter()
		w.discard = true
		p.body = func(_, n int64) io.Reader {
			return readerFunc(func(b []byte) (int, error) {
				if len(b) > 1 {
					buffers = append(buffers, len(b))
				}
				if w.bytes > 12<<20 {
					w.delay = time.Second
				}
				return (&letters{n: n}).Read(b)
			})
		}
		p.body = window(p.body)
		require.NoError(t, quietServer().Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: p.file("a")}))
		assert.Contains(t, buffers, 256<<10)
		assert.Equal(t, 12<<10, buffers[len(buffers)-2], "before the rest")
	})
}
