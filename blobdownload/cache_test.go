package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestCachePolicies(t *testing.T) {
	t.Parallel()
	versioned := blobdownload.Versioned(blobdownload.Fingerprinted, blobdownload.Private(time.Minute))
	for name, c := range map[string]struct {
		policy blobdownload.CachePolicy
		key    string
		want   string
	}{
		"none":            {nil, "a", "private, no-cache"},
		"no store":        {blobdownload.NoStore, "a", "no-store"},
		"private":         {blobdownload.Private(90 * time.Second), "a", "private, max-age=90"},
		"public":          {blobdownload.Public(time.Hour), "a", "public, max-age=3600"},
		"less than zero":  {blobdownload.Public(-time.Hour), "a", "public, max-age=0"},
		"whole seconds":   {blobdownload.Public(1900 * time.Millisecond), "a", "public, max-age=1"},
		"immutable":       {blobdownload.Immutable, "a", "public, max-age=31536000, immutable"},
		"versioned":       {versioned, "static/app.5f2a9c1e.js", "public, max-age=31536000, immutable"},
		"dashes":          {versioned, "app-0a1b2c3d4e5f.css", "public, max-age=31536000, immutable"},
		"not versioned":   {versioned, "static.5f2a9c1e/app.js", "private, max-age=60"},
		"a date":          {versioned, "report.20240506.pdf", "private, max-age=60"},
		"a word":          {versioned, "defaced.effaced.txt", "private, max-age=60"},
		"seven digits":    {versioned, "app.5f2a9c1.js", "private, max-age=60"},
		"upper-case word": {versioned, "IMG-ABCDEF12.jpg", "private, max-age=60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := memBucket(t)
			put(t, b, c.key, "", []byte("content"))
			view := fileView(func(string) *wrapper.File { return b.File(c.key) })
			if c.policy != nil {
				view = view.Cached(c.policy)
			}
			h := quietServer().Handler(view)
			for _, header := range [][]string{nil, {"Range", "bytes=0-1"}, {"If-None-Match", "*"}} {
				assert.Equal(t, c.want, exchange(t, h, "GET", "/", header...).Header.Get("Cache-Control"))
			}
			for _, header := range [][]string{{"Range", "bytes=99-"}, {"If-Match", `"x"`}} {
				assert.Equal(t, "no-store", exchange(t, h, "GET", "/", header...).Header.Get("Cache-Control"))
			}
		})
	}
}

// Vary holds the fields of the application, of its middleware and of the server.
func TestVaryFieldsAreMerged(t *testing.T) {
	t.Parallel()
	d := blobdownload.Download{
		File:   codedSource("gzip", encode(t, story, gzipCoder)).file("a"),
		Header: http.Header{"vary": {"Accept-Language", "origin"}, "Age": {"5"}, "Date": {"long ago"}},
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		handlerOf(d).ServeHTTP(w, r)
	})
	for _, header := range [][]string{nil, {"Range", "bytes=0-1"}, {"If-None-Match", "*"}, {"Accept-Encoding", ""}} {
		resp := exchange(t, h, "GET", "/", header...)
		assert.Equal(t, []string{"Origin, Accept-Language, Accept-Encoding"}, resp.Header["Vary"])
		assert.NotContains(t, resp.Header, "Age", "for caches to set")
		assert.NotContains(t, resp.Header, "Date", "net/http sets the true one")
	}
	assert.Equal(t, []string{"Origin"}, exchange(t, h, "GET", "/", "If-Match", `"x"`).Header["Vary"])
}

func TestOfVersionIsImmutableForAVersionOnly(t *testing.T) {
	t.Parallel()
	policy := blobdownload.OfVersion(blobdownload.NoStore)
	f := wrapper.Bytes("a", []byte("x"))
	assert.Equal(t, "no-store", policy(&blobdownload.Download{File: f}))
	assert.Equal(t, "no-store", policy(&blobdownload.Download{File: f.WithInfo(wrapper.Info{Version: "1", Size: 1})}), "of metadata, which may be stale")
	assert.Equal(t, "public, max-age=31536000, immutable", policy(&blobdownload.Download{File: f.WithVersion("1")}))
}
