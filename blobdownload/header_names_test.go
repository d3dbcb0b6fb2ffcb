package blobdownload_test

import (
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
