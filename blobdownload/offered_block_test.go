package blobdownload_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// slowSocket is the connection of a slowSocketWriter. After fastFor bytes, each write accepts a few bytes until its deadline.
type slowSocket struct {
	net.Conn
	w        *recordingWriter
	fastFor  int64
	accepts  []int // of the writes afterwards; the last one is repeated
	deadline time.Time
}

func (s *slowSocket) SyscallConn() (syscall.RawConn, error) { return nil, errors.ErrUnsupported }

func (s *slowSocket) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *slowSocket) Write(p []byte) (int, error) {
	if s.w.bytes < s.fastFor {
		return s.w.Write(p)
	}
	n := min(s.accepts[0], len(p))
	if len(s.accepts) > 1 {
		s.accepts = s.accepts[1:]
	}
	_, _ = s.w.Write(p[:n])
	if n == len(p) {
		return n, nil
	}
	time.Sleep(time.Until(s.deadline))
	return n, os.ErrDeadlineExceeded
}

// slowSocketWriter passes its connection to a io.WriterTo, as net/http does in ReadFrom. Its Write takes a second if the
// connection is slow.
type slowSocketWriter struct {
	*recordingWriter
	socket *slowSocket
	plain  []int // bytes of each Write to a slow connection
}

func (w *slowSocketWriter) ReadFrom(r io.Reader) (int64, error) {
	return r.(io.WriterTo).WriteTo(w.socket)
}

func (w *slowSocketWriter) SetWriteDeadline(t time.Time) error { return w.socket.SetWriteDeadline(t) }

func (w *slowSocketWriter) Write(p []byte) (int, error) {
	if w.bytes >= w.socket.fastFor {
		w.plain = append(w.plain, len(p))
		time.Sleep(time.Second)
	}
	return w.recordingWriter.Write(p)
}

func TestRestOfABlockMovesToASmallerBuffer(t *testing.T) {
	t.Parallel()
	const size, fastFor = 6 << 20, 5 << 20
	for _, c := range []struct {
		name    string
		accepts []int
		err     error
		largest int // Write to the slow connection
	}{
		{"as the client reads", []int{200 << 10, 30 << 10, 20 << 10}, nil, 16 << 10},
		{"at once", []int{250 << 10}, nil, 16 << 10},
		{"a client that stalls", []int{0}, nil, 256 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				content := lettersOf(size)
				p := newCountingSource(content)
				server := quietServer()
				var result blobdownload.Result
				server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
				rec := newRecordingWriter()
				w := &slowSocketWriter{recordingWriter: rec, socket: &slowSocket{w: rec, fastFor: fastFor, accepts: c.accepts}}
				require.NoError(t, server.Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: p.file("a")}))
				require.NoError(t, result.Err)
				assert.EqualValues(t, size, result.Bytes)
				assert.Equal(t, content, rec.body.String())
				require.NotEmpty(t, w.plain)
				for _, n := range w.plain {
					assert.LessOrEqual(t, n, c.largest)
				}
				assert.LessOrEqual(t, w.plain[len(w.plain)-1], 16<<10, "the buffer of a slow client")
			})
		})
	}
}

// The waits of a block are part of WriteTimeout.
func TestStalledClientOfALargeBufferIsAborted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newCountingSource(lettersOf(6 << 20))
		server := quietServer()
		server.WriteTimeout = 2 * time.Second
		var result blobdownload.Result
		server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
		rec := newRecordingWriter()
		w := &slowSocketWriter{recordingWriter: rec, socket: &slowSocket{w: rec, fastFor: 5 << 20, accepts: []int{0}}}
		began := time.Now()
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			_ = server.Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: p.file("a")})
		})
		require.ErrorIs(t, result.Err, blobdownload.ErrSlowClient)
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Empty(t, w.plain)
	})
}
