package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A cache merges the fields of a 304 into the stored 200 (RFC 9111 section 3.2): none may differ.
func TestH2NotModifiedNeverChangesAStoredResponse(t *testing.T) {
	t.Parallel()
	named := func(name string) *wrapper.File { return newCountingSource("content").file(name) }
	for name, d := range map[string]blobdownload.Download{
		"attachment":    {File: named("a.bin")},
		"image":         {File: named("a.png"), Inline: true},
		"video":         {File: named("a.mp4"), Inline: true},
		"PDF":           {File: named("a.pdf"), Inline: true},
		"text":          {File: named("a.txt"), Inline: true},
		"sandboxed SVG": {File: named("a.svg"), Inline: true, Sandbox: "default-src 'none'; sandbox allow-scripts"},
		"sandboxed, and a policy of its own": {
			File: named("a.html"), Inline: true, Sandbox: "sandbox", Header: http.Header{"Content-Security-Policy": {"default-src 'self'"}},
		},
		"named":  {File: named("a"), Filename: "é.pdf"},
		"cached": {File: named("a"), Header: http.Header{"Cache-Control": {"public, max-age=60"}, "Expires": {"0"}, "Vary": {"Origin"}}},
		"coded":  {File: codedSource("gzip", []byte("x")).file("a")},
		"own fields": {File: named("a"), Header: http.Header{
			"Content-Language": {"de"}, "Content-Location": {"/x"}, "X-Own": {"1"}, "Set-Cookie": {"a=1"},
			"Cross-Origin-Resource-Policy": {"cross-origin"}, "Referrer-Policy": {"origin"}, "X-Content-Type-Options": {"other"},
		}},
	} {
		for _, middleware := range [][]string{nil, {
			"Content-Security-Policy", "default-src 'self'", "Vary", "Origin", "Referrer-Policy", "origin", "Cache-Control", "no-cache",
			"Content-Type", "text/html", "Content-Encoding", "br", "Content-Disposition", "inline", "Accept-Ranges", "none",
		}} {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for i := 0; i < len(middleware); i += 2 {
					w.Header().Set(middleware[i], middleware[i+1])
				}
				handlerOf(d).ServeHTTP(w, r)
			})
			full := exchange(t, h, "GET", "/", "Accept-Encoding", "gzip")
			require.Equal(t, http.StatusOK, full.StatusCode, name)
			same := exchange(t, h, "GET", "/", "Accept-Encoding", "gzip", "If-None-Match", full.Header.Get("ETag"))
			require.Equal(t, http.StatusNotModified, same.StatusCode, name)
			for field, values := range same.Header {
				assert.Equal(t, full.Header[field], values, "%s: %s", name, field)
			}
			for _, field := range []string{"Cache-Control", "Etag", "Vary", "Content-Location", "Expires"} { // RFC 9110 section 15.4.5
				assert.Equal(t, full.Header[field], same.Header[field], "%s: %s", name, field)
			}
		}
	}
}

// Many a storage sends a 304 without Content-Encoding. Whether the stored response has Vary: Accept-Encoding is unknown.
func TestH2NotModifiedOfARemoteKeepsTheStoredVary(t *testing.T) {
	t.Parallel()
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Encoding", "br")
		_, _ = w.Write([]byte("content"))
	}))
	h := handlerOf(blobdownload.Download{
		File: wrapper.URL(srv.Client(), srv.URL+"/a.txt"), Header: http.Header{"Vary": {"Origin"}},
	})
	full := exchange(t, h, "GET", "/", "Accept-Encoding", "br")
	require.Equal(t, []string{"Origin, Accept-Encoding"}, full.Header["Vary"])
	same := exchange(t, h, "GET", "/", "Accept-Encoding", "br", "If-None-Match", `"v1"`)
	require.Equal(t, http.StatusNotModified, same.StatusCode)
	assert.Contains(t, [][]string{nil, full.Header["Vary"]}, same.Header["Vary"])
}

func TestS14LastModifiedBefore1970IsOmitted(t *testing.T) {
	t.Parallel()
	for _, year := range []int{1, 1601, 1899, 1969} {
		source := newCountingSource("content")
		source.info.ModTime = time.Date(year, 5, 1, 0, 0, 0, 0, time.UTC)
		h := handlerOf(blobdownload.Download{File: source.file("a")})
		assert.NotContains(t, exchange(t, h, "GET", "/").Header, "Last-Modified", "%d", year)
		assert.NotContains(t, exchange(t, h, "GET", "/", "If-None-Match", `"v1"`).Header, "Last-Modified", "%d", year)
	}
}
