package threats_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func loopback(addr netip.AddrPort) wrapper.ClientOptions {
	return wrapper.ClientOptions{
		Allow: []netip.Prefix{netip.PrefixFrom(addr.Addr().Unmap(), 32)},
		Ports: []uint16{addr.Port()},
	}
}

// panickingFS is a file system with a bug.
type panickingFS struct{}

func (panickingFS) Open(string) (fs.File, error) { panic("bug of a driver") }

// CC4: a field that is not part of a cache's key changes no response.
func TestUnkeyedFields(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a.html", hundredBytes)
	plain := r.do(t, http.MethodGet, keyTarget("a.html"))
	plain.Header.Del("Date")
	for _, header := range [][]string{
		{"Accept", "image/png"}, {"Accept-Language", "de"}, {"User-Agent", "MSIE"}, {"X-Forwarded-Proto", "http"}, {"X-Forwarded-Host", "evil.example"},
		{"X-Sendfile-Type", "X-Accel-Redirect"}, {"X-Accel-Mapping", "/=/admin/"}, {"Content-Type", "text/html"}, {"Origin", "https://evil.example"},
		{"X-Original-URL", "/?key=secret"}, {"X-Rewrite-URL", "/?key=secret"}, {"Cookie", "a=b"},
	} {
		got := r.do(t, http.MethodGet, keyTarget("a.html"), header...)
		got.Header.Del("Date")
		assert.Equal(t, plain.Header, got.Header, header[0])
		assert.Equal(t, plain.body, got.body)
	}
}

// CC6: the cost of a field of a megabyte is linear.
func TestLongConditions(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	list := strings.Repeat(`"0123456789abcdef", `, 45_000) + `"x"`
	assert.Equal(t, http.StatusPreconditionFailed, r.do(t, http.MethodGet, keyTarget("a"), "If-Match", list).StatusCode)
	requireWhole(t, r.do(t, http.MethodGet, keyTarget("a"), "If-None-Match", list), hundredBytes)
}

// CC9, CC10: GET and HEAD are served, and no field overrides the method.
func TestMethods(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get", "Get", "X"} {
		got := r.raw(t, fmt.Sprintf("%s /?key=a HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: GET\r\nX-Method-Override: GET\r\nConnection: close\r\n\r\n", method))
		assert.Equal(t, http.StatusMethodNotAllowed, got.StatusCode, method)
		assert.Equal(t, "GET, HEAD, OPTIONS", got.Header.Get("Allow"))
	}
	got := r.do(t, http.MethodGet, keyTarget("a"), "X-HTTP-Method-Override", "DELETE", "X-Original-URL", "/?key=b", "X-Rewrite-URL", "/?key=b")
	requireWhole(t, got, hundredBytes)
}

// CC12: an unread request body does not delay the response.
func TestRequestsWithABody(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	for name, request := range map[string]string{
		"unread":   "GET /?key=a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
		"expected": "GET /?key=a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n",
		"chunked":  "GET /?key=a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	} {
		got := r.raw(t, request)
		require.NoError(t, got.err, name)
		assert.Equal(t, hundredBytes, got.body, name)
	}
}

// CC8: a failed precondition opens no body.
func TestConditionsCostNoBody(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	for status, header := range map[int][]string{412: {"If-Match", `"x"`}, 304: {"If-None-Match", "*"}} {
		before := r.requests()
		got := r.do(t, http.MethodGet, keyTarget("a"), header...)
		assert.Equal(t, status, got.StatusCode)
		assert.Equal(t, 1, r.requests()-before, "one Stat, no Open")
		assert.True(t, got.body == "" || status == 412)
	}
	got := r.do(t, http.MethodGet, keyTarget("a"), "If-Unmodified-Since", "Mon, 02 Jan 2006 15:04:05 GMT")
	assert.Equal(t, http.StatusPreconditionFailed, got.StatusCode)
}
