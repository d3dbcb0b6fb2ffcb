package blobdownload_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// pacedReader is content that a storage sends no faster than a client receives it, if the client receives.
type pacedReader struct {
	letters
	read, received, largest atomic.Int64
	receives                bool
}

func (r *pacedReader) Read(p []byte) (int, error) {
	for r.receives && r.n > 0 && r.received.Load() < r.read.Load() {
		time.Sleep(50 * time.Microsecond)
	}
	r.largest.Store(max(r.largest.Load(), int64(len(p))))
	n, err := r.letters.Read(p)
	r.read.Add(int64(n))
	return n, err
}

// A socket accepts some MiB of any client at once. The send queue shows earlier whether the client receives them.
func TestBufferGrowsWhenTheClientHasReceivedWhatWasSent(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	for _, c := range []struct {
		name     string
		receives bool
		largest  int64
	}{
		{"a client that receives all", true, 256 << 10},
		{"a client that receives nothing", false, 12 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content := &pacedReader{letters: letters{n: size}, receives: c.receives}
			p := newCountingSource("")
			p.info.Size = size
			p.body = func(int64, int64) io.Reader { return content }
			srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })))
			conn, err := net.Dial("tcp4", srv.Listener.Addr().String())
			require.NoError(t, err)
			t.Cleanup(func() { _ = conn.Close() })
			_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			require.NoError(t, err)
			if !c.receives {
				require.Eventually(t, func() bool { return content.read.Load() >= 512<<10 }, 20*time.Second, time.Millisecond)
				assert.Equal(t, c.largest, content.largest.Load())
				return
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			defer resp.Body.Close()
			n, err := io.Copy(io.Discard, &countedReader{resp.Body, &content.received})
			require.NoError(t, err)
			assert.EqualValues(t, size, n)
			assert.Equal(t, c.largest, content.largest.Load())
		})
	}
}

// countedReader counts the bytes that are read.
type countedReader struct {
	io.Reader
	n *atomic.Int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n.Add(int64(n))
	return n, err
}
