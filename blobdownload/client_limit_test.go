package blobdownload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// LD8: beyond the limit the response is 429 or 503 with Retry-After, and no request reaches the storage.
func TestClientLimit(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := quietServer()
	server.Limit = &blobdownload.ClientLimit{
		PerClient: 2, Total: 3,
		Client: func(r *http.Request) string { return r.Header.Get("X-User") },
	}
	p := newCountingSource("content")
	mux := http.NewServeMux()
	mux.Handle("/held", server.Handler(viewOf(&blobdownload.Download{File: blockedFile(release)})))
	mux.Handle("/small", server.Handler(viewOf(&blobdownload.Download{File: p.file("a.txt")})))
	offloaded := &blobdownload.Server{Limit: server.Limit, Optimizer: accelOptimizer}
	mux.Handle("/offloaded", offloaded.Handler(viewOf(&blobdownload.Download{File: p.file("a.txt")})))
	srv := startServer(t, mux)
	one, two := inFlight(t, get(t, srv, "/held", "X-User", "a")), inFlight(t, get(t, srv, "/held", "X-User", "a"))

	refused := get(t, srv, "/small", "X-User", "a")
	assert.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	assert.Equal(t, "10", refused.Header.Get("Retry-After"))
	assert.Equal(t, http.StatusOK, get(t, srv, "/offloaded", "X-User", "a").StatusCode)
	assert.Equal(t, "content", bodyText(t, get(t, srv, "/small", "X-User", "b"))) // its connection serves the next request after its end
	three := inFlight(t, get(t, srv, "/held", "X-User", "b"))
	full := get(t, srv, "/small", "X-User", "c")
	assert.Equal(t, http.StatusServiceUnavailable, full.StatusCode)
	assert.NotEmpty(t, full.Header.Get("Retry-After"))
	_, opens, _ := p.counts()
	assert.Equal(t, 1, opens)

	close(release)
	for _, resp := range []*http.Response{one, two, three} {
		assert.Equal(t, "end\n", bodyText(t, resp))
	}
	assert.Equal(t, http.StatusOK, get(t, srv, "/small", "X-User", "a").StatusCode)
}

func TestClientsAreDistinguishedByAddress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		one, two string
		same     bool
	}{
		"ports":        {"192.0.2.1:1000", "192.0.2.1:2000", true},
		"addresses":    {"192.0.2.1:1000", "192.0.2.2:1000", false},
		"mapped":       {"192.0.2.1:1000", "[::ffff:192.0.2.1]:1000", true},
		"a subscriber": {"[2001:db8:0:1::5]:1", "[2001:db8:0:1:ffff::9]:1", true},
		"subscribers":  {"[2001:db8:0:1::5]:1", "[2001:db8:0:2::5]:1", false},
		"unix socket":  {"@", "@", true},
		// Middleware that trusts X-Forwarded-For writes an address without a port.
		"no port":                {"192.0.2.1", "192.0.2.1", true},
		"addresses without port": {"192.0.2.1", "192.0.2.2", false},
		"a subscriber's":         {"2001:db8:0:1::5", "2001:db8:0:1:ffff::9", true},
		"subscribers'":           {"2001:db8:0:1::5", "2001:db8:0:2::5", false},
		"in brackets":            {"[2001:db8:0:1::5]", "2001:db8:0:1:ffff::9", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := quietServer()
			server.Limit = &blobdownload.ClientLimit{PerClient: 1, RetryAfter: 1500 * time.Millisecond}
			p := newCountingSource("content")
			var inner *httptest.ResponseRecorder
			p.body = func(int64, int64) io.Reader { // a second request while the first is in flight
				r := request(t, http.MethodGet, "/")
				r.RemoteAddr = tc.two
				inner = httptest.NewRecorder()
				server.Handler(viewOf(&blobdownload.Download{File: newCountingSource("x").file("b")})).ServeHTTP(inner, r)
				return strings.NewReader("content")
			}
			r := request(t, http.MethodGet, "/")
			r.RemoteAddr = tc.one
			w := httptest.NewRecorder()
			server.Handler(viewOf(&blobdownload.Download{File: p.file("a")})).ServeHTTP(w, r)
			assert.Equal(t, http.StatusOK, w.Code)
			if tc.same {
				assert.Equal(t, http.StatusTooManyRequests, inner.Code)
				assert.Equal(t, "2", inner.Header().Get("Retry-After"))
			} else {
				assert.Equal(t, http.StatusOK, inner.Code)
			}
		})
	}
}
