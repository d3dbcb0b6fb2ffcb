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

func download(d blobdownload.Download) http.Handler {
	return quiet().Handler(func(*http.Request) (*blobdownload.Download, error) { return &d, nil })
}

// Every status carries the fields that keep a browser from running what it gets.
func TestSafeFieldsOnEveryStatus(t *testing.T) {
	t.Parallel()
	h := download(blobdownload.Download{File: newProbe("content").file("a.html")})
	gone := download(blobdownload.Download{File: memBucket(t).File("none")})
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
			resp := ask(t, c.h, c.method, "/", c.header...)
			require.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
			assert.Equal(t, "default-src 'none'; sandbox", resp.Header.Get("Content-Security-Policy"))
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

func TestHeadersOfContent(t *testing.T) {
	t.Parallel()
	resp := ask(t, download(blobdownload.Download{File: newProbe("0123456789").file("dir/a.bin")}), "GET", "/")
	assert.Equal(t, http.Header{
		"Accept-Ranges": {"bytes"}, "Cache-Control": {"private, no-cache"}, "Content-Length": {"10"},
		"Content-Disposition":     {`attachment; filename="a.bin"`},
		"Content-Security-Policy": {"default-src 'none'; sandbox"}, "Content-Type": {"application/octet-stream"},
		"Cross-Origin-Resource-Policy": {"same-origin"}, "Etag": {`"v1"`}, "Last-Modified": {changedHTTP},
		"Referrer-Policy": {"no-referrer"}, "X-Content-Type-Options": {"nosniff"},
	}, resp.Header)

	part := ask(t, download(blobdownload.Download{File: newProbe("0123456789").file("dir/a.bin")}), "GET", "/", "Range", "bytes=2-4")
	want := resp.Header.Clone()
	want.Set("Content-Length", "3")
	want.Set("Content-Range", "bytes 2-4/10")
	assert.Equal(t, want, part.Header)
	assert.Equal(t, "234", text(t, part))

	none := ask(t, download(blobdownload.Download{File: newProbe("0123456789").file("a")}), "GET", "/", "Range", "bytes=10-")
	assert.Equal(t, "bytes */10", none.Header.Get("Content-Range"))
	assert.NotContains(t, none.Header, "Accept-Ranges")
}

// TR36: HEAD tells what GET would.
func TestHeadEqualsGet(t *testing.T) {
	t.Parallel()
	for _, p := range storedPlaces(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			srv := live(t, quiet().Handler(p.view))
			full := get(t, srv, "/?key="+theKey)
			require.Equal(t, "content", text(t, full))
			head, err := try(t, srv, "HEAD", "/?key="+theKey)
			require.NoError(t, err)
			full.Header.Del("Date")
			head.Header.Del("Date")
			assert.Equal(t, full.Header, head.Header)
			assert.Equal(t, full.StatusCode, head.StatusCode)
		})
	}
}

func TestHeaderOfADownload(t *testing.T) {
	t.Parallel()
	d := blobdownload.Download{File: newProbe("content").file("a.txt"), Header: http.Header{
		"Cache-Control": {"public, max-age=60"}, "Set-Cookie": {"a=1", "b=2"}, "x-lower-case": {"v"},
		"Content-Security-Policy": {"default-src 'self'"},
		"Content-Length":          {"99"}, "content-range": {"bytes 0-98/99"}, "Etag": {`"mine"`}, "Last-Modified": {"yesterday"},
		"Transfer-Encoding": {"chunked"}, "Connection": {"close"}, "Trailer": {"X"},
	}}
	resp := ask(t, download(d), "GET", "/")
	assert.Equal(t, "private, max-age=60", resp.Header.Get("Cache-Control"))
	assert.Equal(t, []string{"a=1", "b=2"}, resp.Header["Set-Cookie"])
	assert.Equal(t, "v", resp.Header.Get("X-Lower-Case"))
	assert.Equal(t, "default-src 'self'", resp.Header.Get("Content-Security-Policy"))
	assert.Equal(t, "7", resp.Header.Get("Content-Length"))
	assert.Equal(t, `"v1"`, resp.Header.Get("ETag"))
	assert.Equal(t, changedHTTP, resp.Header.Get("Last-Modified"))
	for _, field := range []string{"Content-Range", "Transfer-Encoding", "Connection", "Trailer"} {
		assert.NotContains(t, resp.Header, field)
	}
	same := ask(t, download(d), "GET", "/", "If-None-Match", `"v1"`)
	assert.Equal(t, http.StatusNotModified, same.StatusCode)
	assert.Equal(t, "private, max-age=60", same.Header.Get("Cache-Control"))
	assert.Equal(t, []string{"a=1", "b=2"}, same.Header["Set-Cookie"])
}

// A front server obeys these fields whatever the status: no answer without content carries one.
func TestNoOffloadWithoutContent(t *testing.T) {
	t.Parallel()
	accel := http.Header{"X-Accel-Redirect": {"/internal/a"}, "X-Sendfile": {"/srv/a"}}
	d := blobdownload.Download{File: newProbe("content").file("a"), Header: accel}
	for _, header := range [][]string{{"If-None-Match", `"v1"`}, {"If-Match", `"v2"`}, {"Range", "bytes=99-"}} {
		resp := ask(t, download(d), "GET", "/", header...)
		require.Contains(t, []int{304, 412, 416}, resp.StatusCode)
		assert.NotContains(t, resp.Header, "X-Accel-Redirect", resp.Status)
		assert.NotContains(t, resp.Header, "X-Sendfile", resp.Status)
	}
}

// RFC 9110 section 8.8.2.1: a Last-Modified is not later than the answer itself.
func TestLastModifiedIsNotInTheFuture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		at   time.Time
		want bool
	}{
		{"past", changed, true},
		{"future", time.Now().Add(48 * time.Hour), true},
		{"unknown", time.Time{}, false},
		{"the epoch means unknown", time.Unix(0, 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProbe("content")
			p.info.ModTime = c.at
			field := ask(t, download(blobdownload.Download{File: p.file("a")}), "GET", "/").Header.Get("Last-Modified")
			assert.Equal(t, c.want, field != "")
			if c.want {
				at, err := http.ParseTime(field)
				require.NoError(t, err)
				assert.False(t, at.After(time.Now()))
			}
		})
	}
}

// CD21: what an uploader wrote beside an object is not sent unread.
func TestMetadataOfAnObjectIsInput(t *testing.T) {
	t.Parallel()
	p := newProbe("content")
	p.info.ContentType = "text/html;image/png"
	p.info.ContentDisposition = "inline; filename=evil.html"
	p.info.CacheControl = "public"
	p.info.ETag = "no \x01 tag"
	resp := ask(t, download(blobdownload.Download{File: p.file("a.png"), Inline: true}), "GET", "/")
	assert.Equal(t, `attachment; filename="a.png"`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"))
	assert.NotContains(t, resp.Header, "Etag")
}

func TestPolicyOfWhatIsShown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.png":  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
		"a.pdf":  "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
		"a.html": "default-src 'none'; sandbox",
		"a.svg":  "default-src 'none'; sandbox",
	} {
		resp := ask(t, download(blobdownload.Download{File: wrapper.Bytes(name, []byte("x")), Inline: true}), "GET", "/")
		assert.Equal(t, want, resp.Header.Get("Content-Security-Policy"), name)
	}
}

// CD4, CD10: nothing in a name reaches the header that could end it or turn it round.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a\r\nSet-Cookie: x=1.txt": `attachment; filename="aSet-Cookie: x=1.txt"`,
		"a\x00b.txt":               `attachment; filename="ab.txt"`,
		"../../.bashrc":            `attachment; filename=".bashrc"`,
		`..\evil.exe`:              `attachment; filename="evil.exe"`,
	} {
		resp := ask(t, download(blobdownload.Download{File: newProbe("x").file("a"), Filename: name}), "GET", "/")
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, want, resp.Header.Get("Content-Disposition"), "%q", name)
		assert.NotContains(t, resp.Header, "Set-Cookie")
	}
}
