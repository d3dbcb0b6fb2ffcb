package blobdownload_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// D24: files were not closed after offloading, nor after a client disconnected.
func TestD24_ReadersAreClosedExactlyOnce(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	broken := &letters{after: io.ErrNoProgress}
	for _, c := range []struct {
		name   string
		body   io.Reader // nil: the whole content
		header []string
		method string
		opens  int
		fails  bool
		code   int
	}{
		{name: "whole", opens: 1, code: 200},
		{name: "range", header: []string{"Range", "bytes=0-9"}, opens: 1, code: 206},
		{name: "ranges", header: []string{"Range", "bytes=0-9,100000-100009"}, opens: 2, code: 206},
		{name: "HEAD", method: "HEAD", opens: 0, code: 200},
		{name: "304", header: []string{"If-None-Match", `"v1"`}, opens: 0, code: 304},
		{name: "416", header: []string{"Range", "bytes=9999999-"}, opens: 0, code: 416},
		{name: "fails at once", body: &letters{after: io.ErrNoProgress}, opens: 1, code: 502},
		{name: "fails midway", body: &letters{n: size / 2, after: io.ErrNoProgress}, opens: 1, fails: true},
		{name: "panics at once", body: &letters{panics: "x"}, opens: 1, fails: true},
		{name: "panics midway", body: &letters{n: size / 2, panics: "x"}, opens: 1, fails: true},
		{name: "panics in the first of ranges", body: &letters{panics: "x"}, header: []string{"Range", "bytes=0-9,100000-100009"}, opens: 1, fails: true},
		{name: "panics in the next of ranges", body: &letters{n: 10, panics: "x"}, header: []string{"Range", "bytes=0-9,100000-100009"}, opens: 1, fails: true},
		{name: "fails in the first of ranges", body: broken, header: []string{"Range", "bytes=0-9,100000-100009"}, opens: 1, code: 502},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource(strings.Repeat("x", size))
			if c.body != nil {
				p.body = func(int64, int64) io.Reader { return c.body }
			}
			srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })))
			if c.method == "" {
				c.method = "GET"
			}
			resp, err := roundTrip(t, srv, c.method, "/", c.header...)
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
			}
			require.Equal(t, c.fails, err != nil, "%v", err)
			if !c.fails {
				assert.Equal(t, c.code, resp.StatusCode)
			}
			p.closedOnce(t, c.opens)
		})
	}
}

func TestD24_DisconnectCancelsTheStorageRequest(t *testing.T) {
	t.Parallel()
	for name, configure := range map[string]func(*testing.T) blobdownload.View{
		"stored": nil,
		"made": func(*testing.T) blobdownload.View {
			return fileView(func(string) *wrapper.File {
				return wrapper.Seq("a", func(yield func([]byte, error) bool) {
					for yield([]byte("content"), nil) {
					}
				})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource("")
			p.info.Size = 1 << 40
			p.body = func(_, n int64) io.Reader { return &letters{n: n} }
			view := fileView(func(string) *wrapper.File { return p.file("a") })
			if configure != nil {
				view = configure(t)
			}
			server, log := loggedServer()
			results := make(chan blobdownload.Result, 1)
			server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
			srv := startServer(t, server.Handler(view))
			resp := get(t, srv, "/")
			_, err := io.CopyN(io.Discard, resp.Body, 100_000)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			result := <-results
			require.Error(t, result.Err)
			assert.GreaterOrEqual(t, result.Bytes, int64(100_000))
			if configure == nil {
				p.closedOnce(t, 1)
			}
			srv.Close()
			assert.Contains(t, log.String(), "client left")
			assert.NotContains(t, log.String(), "ERROR", "a client may leave")
		})
	}
}

func TestD24_LocalFilesAreClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := bytes.Repeat([]byte("x"), 32<<20)
	writeFile(t, dir, "a", content)
	s := &blobdownload.Storage{Bucket: fileBucket(t, dir)}
	root := openRoot(t, dir)
	replaced := quietServer()
	replaced.Optimizer = accelOptimizer
	for _, c := range []struct {
		name   string
		server *blobdownload.Server
		view   blobdownload.View
		header []string
		read   int64
	}{
		{"storage", quietServer(), blobdownload.StorageView(s, queryKey), nil, int64(len(content))},
		{"path", quietServer(), blobdownload.PathView(root, queryKey), nil, int64(len(content))},
		{"ranges", quietServer(), blobdownload.PathView(root, queryKey), []string{"Range", "bytes=0-0,9999-99999"}, 1000},
		{"storage, client leaves", quietServer(), blobdownload.StorageView(s, queryKey), nil, 1000},
		{"path, client leaves", quietServer(), blobdownload.PathView(root, queryKey), nil, 1000},
		{"optimized", replaced, blobdownload.PathView(root, queryKey), nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) { // one after the other: they count the same directory
			srv := startServer(t, c.server.Handler(c.view))
			resp := get(t, srv, "/?key=a", c.header...)
			n, err := io.CopyN(io.Discard, resp.Body, c.read)
			require.NoError(t, err)
			require.Equal(t, c.read, n)
			require.NoError(t, resp.Body.Close())
			require.Eventually(t, func() bool { return openFiles(t, dir) == 0 }, 5*time.Second, time.Millisecond)
		})
	}
}

func TestD24_OffloadedDownloadsAreNeverOpened(t *testing.T) {
	t.Parallel()
	p := newCountingSource("content")
	server := quietServer()
	server.Optimizer = accelOptimizer
	resp := exchange(t, server.Handler(fileView(func(string) *wrapper.File { return p.file("a") })), "GET", "/")
	assert.Equal(t, "/internal/a", resp.Header.Get("X-Accel-Redirect"))
	stats, opens, _ := p.counts()
	assert.Zero(t, stats)
	assert.Zero(t, opens)
}
