package blobdownload_test

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func storageWithVariants(t *testing.T) *blobdownload.Storage {
	t.Helper()
	b := memBucket(t)
	put(t, b, "app.js", "text/javascript; charset=utf-8", []byte("plain content"))
	put(t, b, "app.js.br", "application/octet-stream", []byte("brotli content"))
	put(t, b, "app.js.gz", "application/gzip", []byte("gzip content"))
	put(t, b, "other.txt", "text/plain", []byte("other"))
	return &blobdownload.Storage{Name: "mem", Bucket: b, Variants: func(key string) []string {
		if strings.HasSuffix(key, ".js") {
			return []string{"br", "zstd", "gzip"}
		}
		return nil
	}}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	h := quietServer().Handler(blobdownload.StorageView(storageWithVariants(t), queryKey))
	for name, c := range map[string]struct {
		accept []string
		coding string
		body   string
	}{
		"no field":             {nil, "", "plain content"},
		"nothing":              {[]string{"Accept-Encoding", ""}, "", "plain content"},
		"browser":              {[]string{"Accept-Encoding", "gzip, deflate, br, zstd"}, "br", "brotli content"},
		"gzip alone":           {[]string{"Accept-Encoding", "gzip"}, "gzip", "gzip content"},
		"one that is missing":  {[]string{"Accept-Encoding", "zstd, gzip;q=0.5"}, "gzip", "gzip content"},
		"liked better":         {[]string{"Accept-Encoding", "br;q=0.5, gzip;q=0.6"}, "gzip", "gzip content"},
		"identity liked most":  {[]string{"Accept-Encoding", "gzip;q=0.5, identity"}, "", "plain content"},
		"refused":              {[]string{"Accept-Encoding", "br;q=0, zstd"}, "", "plain content"},
		"everything but plain": {[]string{"Accept-Encoding", "identity;q=0, *"}, "br", "brotli content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := exchange(t, h, "GET", "/?key=app.js", c.accept...)
			require.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, c.body, bodyText(t, resp))
			assert.Equal(t, c.coding, resp.Header.Get("Content-Encoding"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			assert.Equal(t, "text/javascript; charset=utf-8", resp.Header.Get("Content-Type"))
			assert.Equal(t, `attachment; filename="app.js"`, resp.Header.Get("Content-Disposition"))
			assert.Equal(t, "bytes", resp.Header.Get("Accept-Ranges"))
			tag := resp.Header.Get("ETag")

			head := exchange(t, h, "HEAD", "/?key=app.js", c.accept...)
			assert.Equal(t, resp.Header, head.Header)
			part := exchange(t, h, "GET", "/?key=app.js", append([]string{"Range", "bytes=0-3", "If-Range", tag}, c.accept...)...)
			assert.Equal(t, 206, part.StatusCode)
			assert.Equal(t, c.body[:4], bodyText(t, part))
			same := exchange(t, h, "GET", "/?key=app.js", append([]string{"If-None-Match", tag}, c.accept...)...)
			assert.Equal(t, 304, same.StatusCode)
			assert.Equal(t, "Accept-Encoding", same.Header.Get("Vary"))
			if c.coding != "" {
				crossed := exchange(t, h, "GET", "/?key=app.js", "Accept-Encoding", "identity", "If-None-Match", tag)
				assert.Equal(t, 200, crossed.StatusCode, "each variant has a tag of its own")
			}
		})
	}
	neither := exchange(t, h, "GET", "/?key=app.js", "Accept-Encoding", "identity;q=0")
	assert.Equal(t, http.StatusOK, neither.StatusCode, "the content exists")
	assert.Equal(t, "Accept-Encoding", neither.Header.Get("Vary"))
	assert.NotContains(t, exchange(t, h, "GET", "/?key=other.txt", "Accept-Encoding", "br").Header, "Vary")
	assert.Equal(t, 404, exchange(t, h, "GET", "/?key=none.js", "Accept-Encoding", "br").StatusCode)
}

// Without Storage.Variants no variant is requested.
func TestVariantsCostNothingByDefault(t *testing.T) {
	t.Parallel()
	plain, br := newCountingSource("plain content"), newCountingSource("brotli content")
	h := handlerOf(blobdownload.Download{File: plain.file("a.js")})
	exchange(t, h, "GET", "/", "Accept-Encoding", "br")
	stats, opens, _ := plain.counts()
	assert.Equal(t, []int{1, 1}, []int{stats, opens})

	h = handlerOf(blobdownload.Download{File: plain.file("a.js"), Variants: []blobdownload.Variant{{Coding: "br", File: br.file("a.js.br")}}})
	assert.Equal(t, "brotli content", bodyText(t, exchange(t, h, "GET", "/", "Accept-Encoding", "br")))
	stats, opens, _ = plain.counts()
	assert.Equal(t, []int{1, 1}, []int{stats, opens}, "an existing variant is the only request")
	br.statErr = http.ErrNoCookie
	assert.Equal(t, 502, exchange(t, h, "GET", "/", "Accept-Encoding", "br").StatusCode)
}

// The entity-tag of an offloaded response is also the streamed one's.
func TestOptimizerDisablesVariants(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte("0123456789"), nil))
	require.NoError(t, b.WriteAll(t.Context(), "k.br", []byte("packed"), nil))
	d := &blobdownload.Download{
		File:     wrapper.Blob(b, "k"),
		Variants: []blobdownload.Variant{{Coding: "br", File: wrapper.Blob(b, "k.br")}},
	}
	s := quietServer()
	s.Optimizer = offloader(blobdownload.AppValidators, false)
	offloaded := recordGet(s, d, "Accept-Encoding", "br")
	assert.Equal(t, "/_files/k", offloaded.Header().Get("X-Accel-Redirect"))
	streamed := recordGet(s, d, "Accept-Encoding", "br", "If-Match", offloaded.Header().Get("ETag"))
	assert.Equal(t, http.StatusOK, streamed.Code)
	assert.Equal(t, "0123456789", streamed.Body.String())
	assert.Equal(t, offloaded.Header().Get("ETag"), streamed.Header().Get("ETag"))
	assert.Equal(t, "packed", recordGet(quietServer(), d, "Accept-Encoding", "br").Body.String(), "without an optimizer")
}

// deniedSource is an object that S3 reports as forbidden: it is missing, and listing is not permitted.
type deniedSource struct{}

func (deniedSource) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{}, fs.ErrPermission
}

func (deniedSource) Open(context.Context, int64, int64) (io.ReadCloser, error) {
	return nil, fs.ErrPermission
}

// W11 for variants: a variant that is missing is passed over, whether the store answers 404 or 403.
func TestW11AVariantThatS3ReportsAsForbidden(t *testing.T) {
	t.Parallel()
	denied := blobdownload.Variant{Coding: "br", File: wrapper.New("a.js.br", deniedSource{})}
	zipped := blobdownload.Variant{Coding: "gzip", File: wrapper.Bytes("a.js.gz", []byte("gzip content"))}
	for name, c := range map[string]struct {
		file     *wrapper.File
		variants []blobdownload.Variant
		status   int
		body     string
	}{
		"the next one":       {wrapper.Bytes("a.js", []byte("plain content")), []blobdownload.Variant{denied, zipped}, 200, "gzip content"},
		"the content itself": {wrapper.Bytes("a.js", []byte("plain content")), []blobdownload.Variant{denied}, 200, "plain content"},
		"nothing":            {wrapper.New("a.js", deniedSource{}), []blobdownload.Variant{denied}, 403, "Forbidden\n"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			h := handlerOf(blobdownload.Download{File: c.file, Variants: c.variants})
			resp := exchange(t, h, method, "/", "Accept-Encoding", "br, gzip;q=0.9")
			assert.Equal(t, c.status, resp.StatusCode, "%s %s", method, name)
			if method == "GET" {
				assert.Equal(t, c.body, bodyText(t, resp), name)
			}
		}
	}
}
