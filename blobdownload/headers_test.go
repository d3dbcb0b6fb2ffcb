package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Every status carries the security fields.
func TestSecurityFieldsOnEveryStatus(t *testing.T) {
	t.Parallel()
	h := handlerOf(blobdownload.Download{File: newCountingSource("content").file("a.html")})
	gone := handlerOf(blobdownload.Download{File: memBucket(t).File("none")})
	for _, c := range []struct {
		h      http.Handler
		method string
		header []string
		want   int
	}{
		{h, "GET", nil, 200},
		{h, "HEAD", nil, 200},
		{h, "GET", []string{"Range", "bytes=0-1"}, 206},
		{h, "GET", []string{"If-None-Match", `"v1"`}, 304},
		{h, "GET", []string{"If-Match", `"v2"`}, 412},
		{h, "GET", []string{"Range", "bytes=99-"}, 416},
		{h, "POST", nil, 405},
		{h, "OPTIONS", nil, 204},
		{gone, "GET", nil, 404},
	} {
		t.Run(http.StatusText(c.want)+" "+c.method, func(t *testing.T) {
			t.Parallel()
			resp := exchange(t, c.h, c.method, "/", c.header...)
			require.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
			if c.want == http.StatusNotModified { // the stored response keeps its own
				assert.NotContains(t, resp.Header, "Content-Security-Policy")
			} else {
				assert.Equal(t, "default-src 'none'; sandbox", resp.Header.Get("Content-Security-Policy"))
			}
			assert.Equal(t, "same-origin", resp.Header.Get("Cross-Origin-Resource-Policy"))
			assert.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
			if c.want >= 400 {
				assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
				assert.NotContains(t, resp.Header, "Content-Disposition")
				assert.NotContains(t, resp.Header, "Etag")
			}
			if c.want == http.StatusMethodNotAllowed || c.want == http.StatusNoContent {
				assert.Equal(t, "GET, HEAD, OPTIONS", resp.Header.Get("Allow"))
			}
		})
	}
}

func TestContentHeader(t *testing.T) {
	t.Parallel()
	resp := exchange(t, handlerOf(blobdownload.Download{File: newCountingSource("0123456789").file("dir/a.bin")}), "GET", "/")
	assert.Equal(t, http.Header{
		"Accept-Ranges": {"bytes"}, "Cache-Control": {"private, no-cache"}, "Content-Length": {"10"},
		"Content-Disposition":     {`attachment; filename="a.bin"`},
		"Content-Security-Policy": {"default-src 'none'; sandbox"}, "Content-Type": {"application/octet-stream"},
		"Cross-Origin-Resource-Policy": {"same-origin"}, "Etag": {`"v1"`}, "Last-Modified": {modTimeHTTP},
		"Referrer-Policy": {"no-referrer"}, "X-Content-Type-Options": {"nosniff"},
	}, resp.Header)

	part := exchange(t, handlerOf(blobdownload.Download{File: newCountingSource("0123456789").file("dir/a.bin")}), "GET", "/", "Range", "bytes=2-4")
	want := resp.Header.Clone()
	want.Set("Content-Length", "3")
	want.Set("Content-Range", "bytes 2-4/10")
	assert.Equal(t, want, part.Header)
	assert.Equal(t, "234", bodyText(t, part))

	none := exchange(t, handlerOf(blobdownload.Download{File: newCountingSource("0123456789").file("a")}), "GET", "/", "Range", "bytes=10-")
	assert.Equal(t, "bytes */10", none.Header.Get("Content-Range"))
	assert.NotContains(t, none.Header, "Accept-Ranges")
}

// TR36: HEAD has the header of GET.
func TestHeadEqualsGet(t *testing.T) {
	t.Parallel()
	for _, p := range storedViews(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			srv := startServer(t, quietServer().Handler(p.view))
			full := get(t, srv, "/?key="+docKey)
			require.Equal(t, "content", bodyText(t, full))
			head, err := roundTrip(t, srv, "HEAD", "/?key="+docKey)
			require.NoError(t, err)
			full.Header.Del("Date")
			head.Header.Del("Date")
			assert.Equal(t, full.Header, head.Header)
			assert.Equal(t, full.StatusCode, head.StatusCode)
		})
	}
}

func TestDownloadHeader(t *testing.T) {
	t.Parallel()
	d := blobdownload.Download{File: newCountingSource("content").file("a.txt"), Header: http.Header{
		"Cache-Control": {"public, max-age=60"}, "Set-Cookie": {"a=1", "b=2"}, "x-lower-case": {"v"},
		"Content-Security-Policy": {"default-src 'self'"},
		"Content-Length":          {"99"}, "content-range": {"bytes 0-98/99"}, "Etag": {`"mine"`}, "Last-Modified": {"yesterday"},
		"Transfer-Encoding": {"chunked"}, "Connection": {"close"}, "Trailer": {"X"},
	}}
	resp := exchange(t, handlerOf(d), "GET", "/")
	assert.Equal(t, "private, max-age=60", resp.Header.Get("Cache-Control"))
	assert.Equal(t, []string{"a=1", "b=2"}, resp.Header["Set-Cookie"])
	assert.Equal(t, "v", resp.Header.Get("X-Lower-Case"))
	assert.Equal(t, "default-src 'self'", resp.Header.Get("Content-Security-Policy"))
	assert.Equal(t, "7", resp.Header.Get("Content-Length"))
	assert.Equal(t, `"v1"`, resp.Header.Get("ETag"))
	assert.Equal(t, modTimeHTTP, resp.Header.Get("Last-Modified"))
	for _, field := range []string{"Content-Range", "Transfer-Encoding", "Connection", "Trailer"} {
		assert.NotContains(t, resp.Header, field)
	}
	same := exchange(t, handlerOf(d), "GET", "/", "If-None-Match", `"v1"`)
	assert.Equal(t, http.StatusNotModified, same.StatusCode)
	assert.Equal(t, "private, max-age=60", same.Header.Get("Cache-Control"))
	assert.Equal(t, []string{"a=1", "b=2"}, same.Header["Set-Cookie"])
}

// A proxy acts on offload fields on any status: a response without content has none.
func TestNoOffloadWithoutContent(t *testing.T) {
	t.Parallel()
	accel := http.Header{"X-Accel-Redirect": {"/internal/a"}, "X-Sendfile": {"/srv/a"}}
	d := blobdownload.Download{File: newCountingSource("content").file("a"), Header: accel}
	for _, header := range [][]string{{"If-None-Match", `"v1"`}, {"If-Match", `"v2"`}, {"Range", "bytes=99-"}} {
		resp := exchange(t, handlerOf(d), "GET", "/", header...)
		require.Contains(t, []int{304, 412, 416}, resp.StatusCode)
		assert.NotContains(t, resp.Header, "X-Accel-Redirect", resp.Status)
		assert.NotContains(t, resp.Header, "X-Sendfile", resp.Status)
	}
}

// CD21: metadata that an uploader stored is validated before it is sent.
func TestObjectMetadataIsNotCopied(t *testing.T) {
	t.Parallel()
	p := newCountingSource("content")
	p.info.ContentType = "text/html;image/png"
	p.info.ContentDisposition = "inline; filename=evil.html"
	p.info.CacheControl = "public"
	p.info.ETag = "no \x01 tag"
	resp := exchange(t, handlerOf(blobdownload.Download{File: p.file("a.png"), Inline: true}), "GET", "/")
	assert.Equal(t, `attachment; filename="a.png"`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"))
	assert.NotContains(t, resp.Header, "Etag")
}

func TestContentSecurityPolicyByMediaType(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.png":  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
		"a.mp4":  "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
		"a.webm": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
		"a.mp3":  "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
		"a.pdf":  "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
		"a.html": "default-src 'none'; sandbox",
		"a.svg":  "default-src 'none'; sandbox",
	} {
		resp := exchange(t, handlerOf(blobdownload.Download{File: wrapper.Bytes(name, []byte("x")), Inline: true}), "GET", "/")
		assert.Equal(t, want, resp.Header.Get("Content-Security-Policy"), name)
	}
}
