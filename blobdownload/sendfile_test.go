package blobdownload_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// fileOf returns a view of a local file of zeros.
func fileOf(t testing.TB, size int64) blobdownload.View {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, dir, "a", nil)
	require.NoError(t, os.Truncate(dir+"/a", size))
	return blobdownload.PathView(openRoot(t, dir), func(*http.Request) string { return "a" })
}

func TestSendfileTakesFewCalls(t *testing.T) {
	t.Parallel()
	const size = 10 << 20
	view := fileOf(t, size)
	for _, c := range []struct {
		name    string
		minRate int64
		calls   int
	}{
		{"without a minimum rate", 0, 2},
		{"with a minimum rate", 1, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &readerFromWriter{recordingWriter: newRecordingWriter()}
			w.discard = true
			server := quietServer()
			server.MinRate = c.minRate
			server.Handler(view).ServeHTTP(w, request(t, "GET", "/"))
			assert.EqualValues(t, size, w.bytes)
			assert.Len(t, w.readers, c.calls)
		})
	}
}

// timingOutWriter accepts some bytes of each sendfile call until the write deadline.
type timingOutWriter struct {
	*readerFromWriter
	accepts  int64
	deadline time.Time
}

func (w *timingOutWriter) SetWriteDeadline(t time.Time) error {
	w.deadline = t
	return nil
}

func (w *timingOutWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := w.readerFromWriter.ReadFrom(io.LimitReader(r, w.accepts))
	if err != nil || n < w.accepts {
		return n, err
	}
	time.Sleep(time.Until(w.deadline))
	return n, &net.OpError{Op: "readfrom", Err: os.NewSyscallError("sendfile", os.ErrDeadlineExceeded)}
}

// WriteTimeout is the time without progress, however large a call of sendfile is.
func TestSendfileToASlowClient(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	view := fileOf(t, size)
	for _, c := range []struct {
		name     string
		accepts  int64 // within WriteTimeout
		complete bool
	}{
		{"as much as a write", 16 << 10, true},
		{"less", 16<<10 - 1, false},
		{"nothing", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := quietServer()
				var result blobdownload.Result
				server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
				w := &timingOutWriter{readerFromWriter: &readerFromWriter{recordingWriter: newRecordingWriter()}, accepts: c.accepts}
				w.discard = true
				serve := func() { server.Handler(view).ServeHTTP(w, request(t, "GET", "/")) }
				if c.complete {
					require.NotPanics(t, serve)
					require.NoError(t, result.Err)
					assert.EqualValues(t, size, w.bytes)
					assert.EqualValues(t, size, result.Bytes)
					return
				}
				require.PanicsWithValue(t, http.ErrAbortHandler, serve)
				require.ErrorIs(t, result.Err, blobdownload.ErrSlowClient)
				assert.Equal(t, w.bytes, result.Bytes)
			})
		})
	}
}

// stallingWriter accepts nothing of a sendfile call until released.
type stallingWriter struct {
	*readerFromWriter
	stalled *sync.WaitGroup
	release chan struct{}
}

func (w *stallingWriter) ReadFrom(r io.Reader) (int64, error) {
	w.stalled.Done()
	<-w.release
	return w.readerFromWriter.ReadFrom(r)
}

func TestStalledSendfileHoldsNoBuffer(t *testing.T) { // not parallel: the heap of the whole process is measured
	const downloads, smallBuffer = 256, 16 << 10
	handler := quietServer().Handler(fileOf(t, 1<<20))
	release := make(chan struct{})
	var stalled, ended sync.WaitGroup
	before := heap()
	for range downloads {
		stalled.Add(1)
		r := request(t, "GET", "/")
		ended.Go(func() {
			w := &stallingWriter{&readerFromWriter{recordingWriter: newRecordingWriter()}, &stalled, release}
			w.discard = true
			handler.ServeHTTP(w, r)
		})
	}
	stalled.Wait()
	held := heap() - before
	close(release)
	ended.Wait()
	assert.Less(t, held/downloads, int64(smallBuffer/2))
}

// heap returns the number of bytes of live objects.
func heap() int64 {
	runtime.GC() // objects of a sync.Pool survive one collection
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
