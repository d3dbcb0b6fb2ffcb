package blobdownload_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// freeReader is content that costs nothing to read, so that only sending is measured.
type freeReader struct{ n int64 }

func (p *freeReader) Read(b []byte) (int, error) {
	if p.n == 0 {
		return 0, io.EOF
	}
	n := int(min(p.n, int64(len(b))))
	p.n -= int64(n)
	return n, nil
}

// The memory of a download does not grow with its size.
func TestMemory(t *testing.T) { // not parallel: what is allocated is counted for the whole process
	const size = 256 << 20
	for _, c := range []struct {
		name  string
		known int64
	}{{"length known", size}, {"length unknown", -1}} {
		t.Run(c.name, func(t *testing.T) {
			p := newCountingSource("")
			p.info.Size = c.known
			p.body = func(int64, int64) io.Reader { return &freeReader{size} }
			w := newRecordingWriter()
			w.discard = true
			r := request(t, "GET", "/")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.NoError(t, quietServer().Serve(w, r, &blobdownload.Download{File: p.file("a")}))
			runtime.ReadMemStats(&after)
			assert.EqualValues(t, size, w.bytes)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
		})
	}
}

// A 304, the most frequent response of a file server, allocates little.
func TestMemoryOfA304(t *testing.T) { // not parallel: allocations are counted for the whole process
	d := &blobdownload.Download{File: newCountingSource("content").file("a")}
	server := quietServer()
	r := request(t, "GET", "/", "If-None-Match", `"v1"`)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		w := newRecordingWriter()
		_ = server.Serve(w, r, d)
	}), 40.0)
}

// The allocator has a size of 768 bytes. The next one is 896, for each slow client.
func TestMemoryOfADownloadInFlight(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, blobdownload.TransferSize, uintptr(768))
}
