package blobdownload_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Names of fields are case-insensitive (RFC 9110 section 5.1), also in the map of a header.
func TestNamesOfHeaderFieldsAreCaseInsensitive(t *testing.T) {
	t.Parallel()
	file := wrapper.Bytes("a.txt", []byte("content"))
	d := &blobdownload.Download{
		File: file, Header: http.Header{"content-encoding": {"br"}, "cache-control": {"public, max-age=9"}},
		Variants: []blobdownload.Variant{{Coding: "gzip", File: wrapper.Bytes("a.txt.gz", []byte("zipped"))}},
	}
	view := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return d, nil })
	failing := func(e *blobdownload.StatusError) blobdownload.View {
		return func(*http.Request) (*blobdownload.Download, error) { return nil, e }
	}
	for range 20 { // the order of a map is random
		for name, tc := range map[string]struct {
			view   blobdownload.View
			status int
			want   http.Header
		}{
			"variant": {view, 200, http.Header{"Content-Encoding": {"gzip"}, "Cache-Control": {"public, max-age=9"}}},
			"Cached":  {view.Cached(blobdownload.Public(time.Hour)), 200, http.Header{"Cache-Control": {"public, max-age=3600"}}},
			"error": {
				failing(&blobdownload.StatusError{Status: 503, Header: http.Header{"cache-control": {"public"}, "retry-after": {"9"}}}), 503,
				http.Header{"Cache-Control": {"no-store"}, "Retry-After": {"9"}},
			},
			"redirect": {failing(&blobdownload.StatusError{Status: 307, Header: http.Header{"location": {"/b"}}}), 307, http.Header{"Location": {"/b"}}},
		} {
			w := httptest.NewRecorder()
			r := request(t, "GET", "/")
			r.Header.Set("Accept-Encoding", "gzip")
			quietServer().Handler(tc.view).ServeHTTP(w, r)
			require.Equal(t, tc.status, w.Code, name)
			for field, want := range tc.want {
				assert.Equal(t, want, w.Header()[field], "%s: %s", name, field)
			}
			for field := range w.Header() {
				assert.Equal(t, http.CanonicalHeaderKey(field), field, name)
			}
		}
	}
}

// Middleware can set a field with an odd name. It does not remain beside the download's own, where a client would get both.
func TestOddNamesOfEarlierFieldsAreReplaced(t *testing.T) {
	t.Parallel()
	odd := http.Header{
		"content-disposition": {"inline"}, "content-type": {"text/html"}, "cache-control": {"public, max-age=60"},
		"etag": {`"other"`}, "content-length": {"3"}, "x-own": {"kept"}, "x-accel-redirect": {"/secret"},
	}
	for name, view := range map[string]blobdownload.View{
		"streamed": viewOf(&blobdownload.Download{File: newCountingSource("content").file("a.txt")}),
		"error": func(*http.Request) (*blobdownload.Download, error) {
			return nil, &blobdownload.StatusError{Status: 503}
		},
	} {
		view = view.Authorized(func(*http.Request) error { return nil })
		header := func(before http.Header) http.Header {
			w := httptest.NewRecorder()
			maps.Copy(w.Header(), before)
			quietServer().Handler(view).ServeHTTP(w, request(t, "GET", "/"))
			return w.Header()
		}
		plain := http.Header{}
		for field, values := range odd {
			plain[http.CanonicalHeaderKey(field)] = values
		}
		got := header(odd)
		assert.Equal(t, header(plain), got, name)
		assert.Equal(t, "kept", got.Get("X-Own"), name)
		assert.NotContains(t, got.Get("Cache-Control"), "public", name)
	}
}

// The header of an optimizer replaces the fields of the download too, in any case of its names.
func TestOddNamesOfARedirectAreCanonical(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302} {
		for name, fields := range map[string]http.Header{
			"public":           {"cache-control": {"public, max-age=60"}},
			"of the CDN":       {"Cache-Control": {"public, max-age=60"}, "cdn-cache-control": {"max-age=60"}, "Expires": {"Thu, 01 Dec 2044 16:00:00 GMT"}},
			"of the CDN alone": {"CDN-Cache-Control": {"max-age=60"}},
			"of nginx":         {"X-Accel-Expires": {"60"}},
		} {
			s := quietServer()
			s.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
				h := fields.Clone()
				h["location"] = []string{"https://b.example/a"}
				return &blobdownload.Redirect{Status: status, Header: h}, nil
			})
			private := viewOf(&blobdownload.Download{File: newCountingSource("content").file("a.txt")}).
				Authorized(func(*http.Request) error { return nil })
			h := exchange(t, s.Handler(private), "GET", "/").Header
			assert.Equal(t, "https://b.example/a", h.Get("Location"), name)
			assert.NotContains(t, h.Get("Cache-Control"), "public", name)
			for field := range h {
				assert.Equal(t, http.CanonicalHeaderKey(field), field, name)
			}
			for _, field := range []string{"CDN-Cache-Control", "Expires", "X-Accel-Expires"} {
				assert.Empty(t, h.Values(field), "%s: %s of a private download", name, field)
			}
		}
	}
}
