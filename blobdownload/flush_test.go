package blobdownload_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// D20: each line of generated content was one write.
func TestD20_SmallPiecesShareWrites(t *testing.T) {
	t.Parallel()
	const size = 10 << 20
	newlines := bytes.Repeat([]byte("\n"), size)
	mem := &blobdownload.Storage{Bucket: memBucket(t)}
	put(t, mem.Bucket, "a", "", newlines)
	file := &blobdownload.Storage{Bucket: fileBucket(t, t.TempDir())}
	put(t, file.Bucket, "a", "", newlines)
	small := generatedLines(newlines[:size/20])
	generated := func(f *wrapper.File) blobdownload.View { return fileView(func(string) *wrapper.File { return f }) }
	for _, c := range []struct {
		name string
		view blobdownload.View
		want int
	}{
		{"mem", blobdownload.StorageView(mem, queryKey), size},
		{"file", blobdownload.StorageView(file, queryKey), size},
		{"bytes", generated(wrapper.Bytes("a", newlines)), size},
		{"a byte a chunk", generated(small["a byte a chunk"]), size / 20},
		{"a line a write", generated(small["a line a write"]), size / 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, writes := countWrites(t, c.view, "/?key=a")
			require.Len(t, body, c.want)
			require.Equal(t, c.want, strings.Count(body, "\n"))
			assert.Less(t, writes, c.want/1024+100)
		})
	}
}

// generatedLines returns files that generate content in small pieces.
func generatedLines(content []byte) map[string]*wrapper.File {
	return map[string]*wrapper.File{
		"a byte a chunk": wrapper.Seq("a", func(yield func([]byte, error) bool) {
			for i := range content {
				if !yield(content[i:i+1], nil) {
					return
				}
			}
		}),
		"a line a write": wrapper.Func("a", func(_ context.Context, w io.Writer) error {
			for line := range slices.Chunk(content, 16) {
				if _, err := w.Write(line); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// While content is generated no time passes in this test, so no flush is due. A write has 64 KiB.
func TestD20_TenMegabytesOfNewlinesTakeAtMost400Writes(t *testing.T) {
	t.Parallel()
	newlines := bytes.Repeat([]byte("\n"), 10<<20)
	lines := generatedLines(newlines)["a line a write"]
	for kind, c := range map[string]struct {
		file        *wrapper.File
		size, limit int
	}{
		"a line a write":               {lines, len(newlines), 400},
		"a line a write, known length": {lines.WithInfo(wrapper.Info{Size: int64(len(newlines))}), len(newlines), 400},
		"a byte a chunk":               {generatedLines(newlines[:1<<20])["a byte a chunk"], 1 << 20, 40},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newRecordingWriter()
			require.NoError(t, quietServer().Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: c.file}))
			require.Equal(t, c.size, bytes.Count(w.body.Bytes(), []byte("\n")), kind)
			assert.LessOrEqual(t, w.writes, c.limit, kind)
		})
	}
}

// threeTicks is generated content of three lines, one a minute.
var threeTicks = wrapper.Func("a", func(ctx context.Context, w io.Writer) error {
	for range 3 {
		if _, err := io.WriteString(w, "tick\n"); err != nil {
			return err
		}
		time.Sleep(time.Minute)
	}
	return ctx.Err()
})

// Content of a declared length is flushed like content of unknown length.
func TestD20_SlowContentOfAKnownLengthIsFlushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRecordingWriter()
		var seen []string
		w.flushed = func() { seen = append(seen, w.body.String()) }
		require.NoError(t, quietServer().Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: threeTicks.WithInfo(wrapper.Info{Size: 15})}))
		// The last block is sent when its end is confirmed.
		assert.Equal(t, []string{"tick\n", "tick\ntick\n", "tick\ntick\ntick\n"}, seen)
	})
}

// The bytes before an error reach the client.
func TestD20_ContentBeforeAnErrorIsSent(t *testing.T) {
	t.Parallel()
	f := wrapper.Func("a", func(_ context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "first"); err != nil {
			return err
		}
		return io.ErrNoProgress
	})
	w := newRecordingWriter()
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		_ = quietServer().Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: f})
	})
	assert.Equal(t, "first", w.body.String())
}

// Slowly generated content reaches the client while it is generated.
func TestD20_SlowContentIsFlushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRecordingWriter()
		var seen []time.Duration
		began := time.Now()
		w.flushed = func() { seen = append(seen, time.Since(began).Truncate(time.Second)) }
		require.NoError(t, quietServer().Serve(w, request(t, "GET", "/"), &blobdownload.Download{File: threeTicks}))
		assert.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute}, seen)
		assert.Equal(t, "tick\ntick\ntick\n", w.body.String())
		time.Sleep(time.Minute)
		assert.Len(t, seen, 3, "nothing is flushed after the end")
	})
}

func TestD17_RemoteIsNotReadByteByByte(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("x", 1<<20)
	view := remoteView(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(content)) }, 0)
	resp, writes := countWrites(t, view, "/a")
	assert.Len(t, resp, len(content))
	assert.Less(t, writes, len(content)/1024, "writes to the connection")
}

// countWrites downloads a target of a view and returns the number of writes to the connection.
func countWrites(t *testing.T, view blobdownload.View, target string) (body string, writes int) {
	t.Helper()
	var l *countingListener
	srv := startServer(t, quietServer().Handler(view), func(srv *httptest.Server) {
		l = &countingListener{Listener: srv.Listener}
		srv.Listener = l
	})
	body = bodyText(t, get(t, srv, target))
	return body, int(l.writes.Load())
}

type countingListener struct {
	net.Listener
	writes counter
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &countingConn{c, &l.writes}, err
}

type countingConn struct {
	net.Conn // hides ReadFrom: every write is seen
	writes   *counter
}

func (c *countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

type counter = atomic.Int64
