package offload_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/wrapper"
)

// idsByPath records the X-Request-ID that each request has when nginx has forwarded it.
type idsByPath struct {
	sync.Map
	store string // URL of an object
}

// ServeHTTP sends or truncates 10,000 bytes, with and without Content-Length, or has nginx fetch the object.
func (ids *idsByPath) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ids.Store(r.URL.Path, strings.Join(r.Header["X-Request-Id"], ","))
	const half = 5000
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch {
	case strings.HasSuffix(name, "fetched"):
		w.Header().Set("X-Accel-Redirect", "/_url?"+ids.store)
		return
	case strings.HasPrefix(name, "sized"):
		w.Header().Set("Content-Length", fmt.Sprint(2*half))
	}
	_, _ = io.WriteString(w, strings.Repeat("x", half))
	_ = http.NewResponseController(w).Flush()
	if strings.HasSuffix(name, "truncated") {
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, strings.Repeat("x", half))
}

// nginxLines are requests with what the log must have of them. -1 is unknown.
var nginxLines = []struct {
	target, proto, fields string
	path                  string // "" is the target
	status                int
	bytes, length         int64
	completeness          accesslog.Completeness
	window                wrapper.Range
}{
	{target: "/accel/1/small", status: 200, bytes: smallSize, length: smallSize, completeness: accesslog.Complete},
	{target: "/accel/2/small", proto: "HTTP/1.0", status: 200, bytes: smallSize, length: smallSize, completeness: accesslog.Complete},
	{
		target: "/accel/3/small", fields: "Range: bytes=10-19\r\n", status: 206, bytes: 10, length: 10, completeness: accesslog.Complete,
		window: wrapper.Range{Off: 10, N: 10},
	},
	{
		target: "/streamed/3/small", fields: "Range: bytes=-5\r\n", status: 206, bytes: 5, length: 5, completeness: accesslog.Complete,
		window: wrapper.Range{Off: smallSize - 5, N: 5},
	},
	{target: "/accel/4/small", fields: "Range: bytes=999999-\r\n", status: 416, bytes: 32, length: 32, completeness: accesslog.Complete},
	{target: "/accel/none", status: 404, bytes: 10, length: 10, completeness: accesslog.Complete},
	{target: "/accel/5/small", fields: "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n", status: 304, completeness: accesslog.Complete},
	{target: "/more/fetched", status: 200, bytes: 3000, length: 3000, completeness: accesslog.Complete},
	{target: "/more/sized", status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
	{target: "/more/sized-truncated", status: 200, bytes: 5000, length: 10_000, completeness: accesslog.Incomplete},
	{target: "/more/chunked", status: 200, bytes: -1, length: -1},
	{target: "/more/chunked-truncated", status: 200, bytes: -1, length: -1},
	{target: "/more/closed", proto: "HTTP/1.0", status: 200, bytes: 10_000, length: -1},
	{target: "/more/closed-truncated", proto: "HTTP/1.0", status: 200, bytes: 5000, length: -1},

	// Hostile targets.
	{target: `/more/sized"},{\"`, path: `/more/sized"},{\"`, status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
	{
		target: "/more/sized%0d%0a%22%1b[2J%09x", path: "/more/sized\r\n\"\x1b[2J\tx", status: 200, bytes: 10_000, length: 10_000,
		completeness: accesslog.Complete,
	},
	{target: "/more/sized\xff\x80", path: "/more/sized\uFFFD\uFFFD", status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
	{target: `/more/sized\x22\n`, path: `/more/sized\x22\n`, status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
	{target: "/more/sized-query?x-request-id=forged&\"", path: "/more/sized-query", status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
	{
		target: "/more/sized" + strings.Repeat(`"`, 8000), path: "/more/sized" + strings.Repeat(`"`, 8000), status: 200, bytes: 10_000,
		length: 10_000, completeness: accesslog.Complete,
	},
	{target: "http://evil.example/more/sized-absolute", path: "/more/sized-absolute", status: 200, bytes: 10_000, length: 10_000, completeness: accesslog.Complete},
}

// LG2, LG4, LG9: each request is one line of the log, also of a hostile client. The id is nginx's. A body that the
// application truncates is never complete.
func TestLinesOfNginx(t *testing.T) {
	t.Parallel()
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-ID", "of-the-store")
		w.Header().Set("Content-Length", "3000")
		_, _ = io.WriteString(w, strings.Repeat("x", 3000))
	}))
	t.Cleanup(store.Close)
	ids := &idsByPath{store: store.URL + "/object"}
	site := startLogged(t, ids, store.Listener.Addr().String())
	for _, l := range nginxLines {
		exchangeRaw(t, site.url, "GET "+l.target, l.proto, l.fields)
	}
	exchangeRaw(t, site.url, "HEAD /accel/head/small", "", "")
	for _, line := range []string{"POST /more/post", "GET /more/\x01", "GET /more/a\tb", "GET /more/a b", "GET /" + strings.Repeat("x", 9000), "\"bad\\"} {
		exchangeRaw(t, site.url, line, "", "") // no downloads
	}
	records := site.recordsOf(t, len(nginxLines)+7, len(nginxLines)+1)
	for _, l := range nginxLines {
		if l.path == "" {
			l.path = l.target
		}
		r, ok := records[l.path]
		if !assert.True(t, ok, "no record of %.80q", l.path) {
			continue
		}
		assert.Equal(t, l.status, r.Status, "%.80q", l.path)
		assert.Equal(t, l.bytes, r.Bytes, "%.80q", l.path)
		assert.Equal(t, l.length, r.Length, "%.80q", l.path)
		assert.Equal(t, l.completeness, r.Completeness, "%.80q", l.path)
		assert.Equal(t, l.window, r.Range, "%.80q", l.path)
		assert.Equal(t, "127.0.0.1", r.Client.String())
		assert.Regexp(t, "^[0-9a-f]{32}$", r.RequestID)
		if id, ok := ids.Load(l.path); ok {
			assert.Equal(t, id, r.RequestID, "%.80q", l.path)
		}
	}
	assert.Equal(t, int64(0), records["/accel/head/small"].Bytes)
	assert.Equal(t, accesslog.Complete, records["/accel/head/small"].Completeness)
	fetched, ok := ids.Load("/more/fetched")
	require.True(t, ok)
	assert.Equal(t, fetched, records["/more/fetched"].RequestID, "the id survives the internal redirect to another upstream")
}

// exchangeRaw sends a request line with ids of its own, and reads the response until the connection ends.
func exchangeRaw(t *testing.T, site, line, proto, fields string) {
	t.Helper()
	if proto == "" {
		proto = "HTTP/1.1"
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(site, "http://"))
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, line+" "+proto+"\r\nHost: x\r\nConnection: close\r\nX-Request-ID: forged\r\nX-Request-ID: twice\r\n"+fields+"\r\n")
	require.NoError(t, err)
	response, err := io.ReadAll(c)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(response), "HTTP/1.1 "), "%.100s", response)
}
