package blobdownload_test

import (
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// deadlineWriter counts the deadlines that are set, and records how long the writes may take.
type deadlineWriter struct {
	*recordingWriter
	sets, clears int
	until        time.Time
	least, most  time.Duration // that a write may take
}

func (w *deadlineWriter) SetWriteDeadline(t time.Time) error {
	if w.until = t; t.IsZero() {
		w.clears++
	} else {
		w.sets++
	}
	return nil
}

func (w *deadlineWriter) Write(p []byte) (int, error) {
	left := time.Until(w.until)
	w.least, w.most = min(w.least, left), max(w.most, left)
	return w.recordingWriter.Write(p)
}

// Each deadline moves a timer of the connection, or sends a message to the goroutine of an HTTP/2 connection. Writes to
// a stream need none: see TestAWriteToAStreamHasAllOfItsTime.
func TestDeadlinesOfAResponse(t *testing.T) {
	t.Parallel()
	const timeout = 100 * time.Second
	for _, c := range []struct {
		name         string
		proto        int
		size         int64
		delay        time.Duration // of each write
		rate         int64
		sets, clears int
	}{
		{"HTTP/1.1, one block", 1, 1 << 10, 0, 0, 1, 0},
		{"HTTP/1.1, a fast client", 1, 10 << 20, 0, 0, 1, 0},
		{"HTTP/1.1, a client that takes 0.4 % of the time", 1, 1 << 20, 400 * time.Millisecond, 0, 30, 0},
		{"HTTP/1.1, a client that takes a fifth of the time", 1, 1 << 20, 20 * time.Second, 0, 90, 0},
		{"HTTP/2, one block", 2, 1 << 10, 0, 0, 0, 0},
		{"HTTP/2, one block, a slow client", 2, 1 << 10, 20 * time.Second, 0, 0, 0},
		{"HTTP/2, many blocks, a slow client", 2, 1 << 20, 20 * time.Second, 0, 0, 0},
		{"HTTP/2, many blocks, with a minimum rate", 2, 1 << 20, 0, 1 << 20, 0, 0},
		{"HTTP/1.1, one block, with a minimum rate", 1, 1 << 10, 0, 1 << 20, 3, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := quietServer()
				server.WriteTimeout, server.MinRate = timeout, c.rate
				w := &deadlineWriter{recordingWriter: newRecordingWriter(), least: time.Hour}
				w.discard, w.delay = true, c.delay
				r := request(t, "GET", "/?key=a")
				r.ProtoMajor = c.proto
				server.Handler(generatedOf(c.size)).ServeHTTP(w, r)
				assert.Equal(t, c.size, w.bytes)
				assert.LessOrEqual(t, w.sets, c.sets)
				assert.LessOrEqual(t, w.clears, c.clears)
				if c.rate == 0 && c.proto == 1 {
					assert.GreaterOrEqual(t, w.least, timeout*99/100)
					assert.LessOrEqual(t, w.most, timeout)
				}
			})
		})
	}
}

// streamWriter is a stream of HTTP/2. Its writes last for a time, until one of them blocks until the stream is reset.
type streamWriter struct {
	*recordingWriter
	writes  int // before the one that blocks
	reset   chan struct{}
	blocked time.Duration
}

func (w *streamWriter) SetWriteDeadline(t time.Time) error {
	if !t.IsZero() && t.Before(time.Now()) {
		select {
		case <-w.reset:
		default:
			close(w.reset)
		}
	}
	return nil
}

func (w *streamWriter) Write(p []byte) (int, error) {
	w.writes--
	if w.writes >= 0 {
		return w.recordingWriter.Write(p)
	}
	began := time.Now()
	<-w.reset
	w.blocked = time.Since(began)
	return 0, os.ErrDeadlineExceeded
}

// A stream is reset when a write has lasted for WriteTimeout, however long writes and reads of the storage lasted before.
func TestAWriteToAStreamHasAllOfItsTime(t *testing.T) {
	t.Parallel()
	const timeout = 100 * time.Second
	for _, c := range []struct {
		name        string
		writes      int
		write, read time.Duration
	}{
		{"the first", 0, 0, 0},
		{"after fast writes", 5, 0, 0},
		{"after slow writes", 5, 99 * time.Second, 0},
		{"after a slow storage", 5, time.Second, 250 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newCountingSource("")
				p.info.Size = 1 << 20
				p.body = func(int64, int64) io.Reader {
					content := &letters{n: p.info.Size}
					return readerFunc(func(b []byte) (int, error) {
						time.Sleep(c.read)
						return content.Read(b)
					})
				}
				server := quietServer()
				server.WriteTimeout = timeout
				var result blobdownload.Result
				server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
				w := &streamWriter{recordingWriter: newRecordingWriter(), writes: c.writes, reset: make(chan struct{})}
				w.discard, w.delay = true, c.write
				r := request(t, "GET", "/?key=a")
				r.ProtoMajor = 2
				require.PanicsWithValue(t, http.ErrAbortHandler, func() {
					server.Handler(fileView(func(string) *wrapper.File { return p.file("a") })).ServeHTTP(w, r)
				})
				require.ErrorIs(t, result.Err, blobdownload.ErrSlowClient)
				assert.Equal(t, timeout, w.blocked)
				assert.Equal(t, -1, w.writes)
			})
		})
	}
}

// The stream of HTTP/2 has no deadline while the storage is read, which would reset it: the response is complete although
// each read lasts longer than WriteTimeout.
func TestNoDeadlineWhileTheStorageIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &deadlineWriter{recordingWriter: newRecordingWriter()}
		w.discard = true
		p := newCountingSource("")
		p.info.Size = 1 << 20
		reads := 0
		p.body = func(int64, int64) io.Reader {
			content := &letters{n: p.info.Size}
			return readerFunc(func(b []byte) (int, error) {
				reads++
				assert.True(t, w.until.IsZero())
				time.Sleep(150 * time.Second)
				assert.True(t, w.until.IsZero())
				return content.Read(b)
			})
		}
		r := request(t, "GET", "/?key=a")
		r.ProtoMajor = 2
		server := quietServer()
		server.WriteTimeout = 100 * time.Second
		server.Handler(fileView(func(string) *wrapper.File { return p.file("a") })).ServeHTTP(w, r)
		assert.Equal(t, p.info.Size, w.bytes)
		assert.Greater(t, reads, 1)
		time.Sleep(time.Hour)
		assert.Zero(t, w.sets, "the stream has not been reset, nor the writer used after the handler's end")
	})
}
