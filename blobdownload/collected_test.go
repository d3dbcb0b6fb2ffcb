package blobdownload_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// A reader of Go CDK has a finalizer: if the state of a download refers to it, and it to the context of the download, the
// garbage collector frees neither.
func TestAServedDownloadIsCollected(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "a", []byte(strings.Repeat("x", 100<<10)), nil))
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("text"))
	require.NoError(t, w.Close())
	require.NoError(t, b.WriteAll(t.Context(), "z", zipped.Bytes(), &blob.WriterOptions{ContentEncoding: "gzip"}))
	bucket := wrapper.NewBucket(b)
	materializer := &wrapper.Materializer{Bucket: memBucket(t)}
	limiter := wrapper.NewLimiter(4, time.Second)
	directory := fileBucket(t, t.TempDir())
	require.NoError(t, directory.WriteAll(t.Context(), "a", []byte(strings.Repeat("x", 100<<10)), nil))
	file := func(key string) blobdownload.Download { return blobdownload.Download{File: bucket.File(key)} }
	for name, tt := range map[string]struct {
		download blobdownload.Download
		header   http.Header
		method   string
		fail     bool // the client leaves
	}{
		"whole":     {download: file("a")},
		"range":     {download: file("a"), header: http.Header{"Range": {"bytes=5-9"}}},
		"multipart": {download: file("a"), header: http.Header{"Range": {"bytes=0-1,50000-50001"}}},
		"HEAD":      {download: file("a"), method: http.MethodHead},
		"decoded":   {download: file("z"), header: http.Header{"Accept-Encoding": {"identity"}}},
		"sniffed":   {download: blobdownload.Download{File: bucket.File("a"), Sniff: true, Inline: true}},
		"variant": {
			download: blobdownload.Download{File: bucket.File("a"), Variants: []blobdownload.Variant{{Coding: "gzip", File: bucket.File("z")}}},
			header:   http.Header{"Accept-Encoding": {"gzip"}},
		},
		"joined":                      {download: blobdownload.Download{File: wrapper.Concat("c", bucket.File("a"), bucket.File("a"))}},
		"zip":                         {download: blobdownload.Download{File: archive.Zip("z", archive.Member{File: bucket.File("a")}, archive.Member{File: bucket.File("a"), Name: "b"})}},
		"section":                     {download: blobdownload.Download{File: wrapper.Section("s", bucket.File("a"), 5, 50<<10)}},
		"materialized":                {download: blobdownload.Download{File: materializer.File(wrapper.Concat("c", bucket.File("a")), "made")}},
		"materialized, client leaves": {download: blobdownload.Download{File: materializer.File(wrapper.Concat("c", bucket.File("a")), "made too")}, fail: true},
		"generated": {download: blobdownload.Download{File: wrapper.Func("g", func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "text")
			return err
		})}},
		"generated, client leaves": {fail: true, download: blobdownload.Download{File: wrapper.Func("g", func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, strings.Repeat("text", 100<<10))
			return err
		})}},
		"first of":      {download: blobdownload.Download{File: (&wrapper.FirstOf{}).File(bucket.File("missing"), bucket.File("a"))}},
		"limited":       {download: blobdownload.Download{File: bucket.File("a").WithLimiter(limiter)}},
		"directory":     {download: blobdownload.Download{File: directory.File("a")}},
		"rated":         {download: blobdownload.Download{File: bucket.File("a"), Rate: &blobdownload.RateLimit{PerDownload: 100 << 20, PerClient: 100 << 20}}},
		"client leaves": {download: file("a"), fail: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			served := serveOnce(t, &tt.download, tt.header, tt.method, tt.fail)
			assert.Eventually(t, func() bool {
				runtime.GC()
				return served.Value() == nil
			}, 10*time.Second, time.Millisecond, "the request is kept alive")
		})
	}
}

// serveOnce serves a download and returns a weak pointer to its request, to which the state of the download refers.
func serveOnce(t *testing.T, d *blobdownload.Download, h http.Header, method string, fail bool) weak.Pointer[http.Request] {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
	maps.Copy(r.Header, h)
	rec := httptest.NewRecorder()
	var w http.ResponseWriter = rec
	if fail {
		w = failingWriter{rec}
	}
	func() {
		defer func() { _ = recover() }() // http.ErrAbortHandler
		require.NoError(t, new(blobdownload.Server).Serve(w, r, d))
	}()
	assert.Less(t, rec.Code, 300)
	return weak.Make(r)
}

type failingWriter struct{ http.ResponseWriter }

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
