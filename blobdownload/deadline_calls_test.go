package blobdownload_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

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

// Each deadline moves a timer of the connection, or sends a message to the goroutine of an HTTP/2 connection.
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
		{"HTTP/2, one block", 2, 1 << 10, 0, 0, 1, 1},
		{"HTTP/2, one block, a slow client", 2, 1 << 10, 20 * time.Second, 0, 2, 1},
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
				if c.rate == 0 {
					assert.GreaterOrEqual(t, w.least, timeout*99/100)
					assert.LessOrEqual(t, w.most, timeout)
				}
			})
		})
	}
}

// The deadline of an HTTP/2 stream is cleared while the storage is read: it would reset the stream.
func TestNoDeadlineWhileTheStorageIsRead(t *testing.T) {
	t.Parallel()
	w := &deadlineWriter{recordingWriter: newRecordingWriter()}
	w.discard = true
	p := newCountingSource("")
	p.info.Size = 1 << 20
	p.body = func(int64, int64) io.Reader {
		content := &letters{n: p.info.Size}
		return readerFunc(func(b []byte) (int, error) {
			assert.True(t, w.until.IsZero())
			return content.Read(b)
		})
	}
	r := request(t, "GET", "/?key=a")
	r.ProtoMajor = 2
	quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })).ServeHTTP(w, r)
	assert.Equal(t, p.info.Size, w.bytes)
	assert.Greater(t, w.sets, 1)
}
