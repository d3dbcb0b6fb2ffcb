package blobdownload_test

import (
	"io"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// countedConn counts the calls that send something: Write, and ReadFrom, which is sendfile for a file.
type countedConn struct {
	*net.TCPConn
	calls *sendCalls
}

type sendCalls struct{ writes, sendfiles, fileBytes atomic.Int64 }

func (c countedConn) Write(p []byte) (int, error) {
	c.calls.writes.Add(1)
	return c.TCPConn.Write(p)
}

func (c countedConn) ReadFrom(r io.Reader) (int64, error) {
	if l, ok := r.(*io.LimitedReader); ok {
		c.calls.sendfiles.Add(1)
		n, err := c.TCPConn.ReadFrom(l)
		c.calls.fileBytes.Add(n)
		return n, err
	}
	c.calls.writes.Add(1)
	return c.TCPConn.ReadFrom(r)
}

type countedListener struct {
	net.Listener
	calls *sendCalls
}

func (l countedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countedConn{c.(*net.TCPConn), l.calls}, nil
}

// startCounted starts a server whose connections count what is sent.
func startCounted(t *testing.T, view blobdownload.View) (*httptest.Server, *sendCalls) {
	t.Helper()
	calls := new(sendCalls)
	srv := httptest.NewUnstartedServer(quietServer().Handler(view))
	srv.Listener = countedListener{srv.Listener, calls}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv, calls
}

// generatedOf returns a view of letters in a storage.
func generatedOf(size int64) blobdownload.View {
	p := newCountingSource("")
	p.info.Size = size
	p.body = func(int64, int64) io.Reader { return &letters{n: size} }
	return fileView(func(string) *wrapper.File { return p.file("a") })
}

func TestCallsOfAResponse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		view              blobdownload.View
		size              int64
		writes, sendfiles int64
	}{
		{"1 KiB of a file", fileOf(t, 1<<10), 1 << 10, 1, 0},
		{"16 KiB of a file", fileOf(t, 16<<10), 16 << 10, 2, 0},
		{"64 KiB of a file", fileOf(t, 64<<10), 64 << 10, 2, 0},
		{"10 MiB of a file", fileOf(t, 10<<20), 10 << 20, 2, 2},
		{"4 KiB of a storage", generatedOf(4 << 10), 4 << 10, 2, 0},
		{"64 KiB of a storage", generatedOf(64 << 10), 64 << 10, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv, calls := startCounted(t, c.view)
			resp := get(t, srv, "/")
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			require.Equal(t, c.size, n)
			assert.LessOrEqual(t, calls.writes.Load(), c.writes)
			assert.LessOrEqual(t, calls.sendfiles.Load(), c.sendfiles)
			if c.sendfiles > 0 {
				assert.Equal(t, c.size-(2<<10), calls.fileBytes.Load(), "all but the start and the end")
			}
		})
	}
}

// A client that never blocks gets a long body in few writes, also where its socket shows nothing of what it has received.
func TestWritesOfALongBody(t *testing.T) {
	t.Parallel()
	for size, writes := range map[int64]int{200 << 10: 1, 256 << 10: 1, 1 << 20: 13, 10 << 20: 370, 256 << 20: 1400} {
		synctest.Test(t, func(t *testing.T) {
			w := newRecordingWriter()
			w.discard = true
			quietServer().Handler(generatedOf(size)).ServeHTTP(w, request(t, "GET", "/"))
			assert.Equal(t, size, w.bytes)
			assert.LessOrEqual(t, w.writes, writes, "%d bytes", size)
		})
	}
}
