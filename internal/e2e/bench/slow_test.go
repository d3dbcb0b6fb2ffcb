//go:build !race

package bench

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The most memory of a client that reads slowly from a local file. A connection of net/http has two goroutines; the stack of
// the handler's is 8 KiB and would be 16. http.ServeFile is the measure of the heap: net/http holds 46 KiB a client, of which
// it never uses 32.
const (
	slowStack = 16 << 10
	slowHeap  = 6 << 10 // more than with http.ServeFile
)

func TestMemoryOfASlowClient(t *testing.T) {
	dir := localDirectory(t, 8<<20)
	serveFile := heldByClients(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, dir+"/a") }))
	storage := openStorage(t, "docs=file://"+dir+"?no_tmp_dir=true")
	for name, view := range map[string]blobdownload.View{
		"wrapper.FS": func(*http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: wrapper.FS(os.DirFS(dir), "a")}, nil
		},
		"file://": blobdownload.StorageView(storage, func(*http.Request) string { return "a" }),
	} {
		t.Run(name, func(t *testing.T) {
			held := heldByClients(t, (&blobdownload.Server{}).Handler(view))
			t.Logf("stack %d B, heap %d B more than http.ServeFile", held.stack, held.heap-serveFile.heap)
			assert.LessOrEqual(t, held.stack, int64(slowStack))
			assert.LessOrEqual(t, held.heap-serveFile.heap, int64(slowHeap))
		})
	}
}

// held is memory in use, in bytes a client.
type held struct{ stack, heap int64 }

func inUse() held {
	runtime.GC()
	runtime.GC() // the second collection frees the buffers of pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return held{int64(m.StackInuse), int64(m.HeapAlloc)}
}

// heldByClients returns the memory that a handler holds for each of many clients that have read the first bytes only.
func heldByClients(t *testing.T, h http.Handler) held {
	t.Helper()
	const clients = 200
	srv := httptest.NewServer(h)
	defer srv.Close()
	connect := func() net.Conn {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		require.NoError(t, c.(*net.TCPConn).SetReadBuffer(64<<10))
		_, err = io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		_, err = io.ReadFull(c, make([]byte, 16<<10)) // the start leaves before sendfile
		require.NoError(t, err)
		return c
	}
	require.NoError(t, connect().Close()) // allocates what is allocated once
	before := inUse()
	var conns []net.Conn
	for range clients {
		conns = append(conns, connect())
	}
	after := inUse()
	for _, c := range conns {
		require.NoError(t, c.Close())
	}
	return held{(after.stack - before.stack) / clients, (after.heap - before.heap) / clients}
}
