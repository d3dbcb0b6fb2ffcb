package site_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload/site"
)

// Names of fields are case-insensitive, also in the map of Site.Header.
func TestNamesOfHeaderFieldsAreCaseInsensitive(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, func(s *site.Site) {
		s.Header = http.Header{"content-security-policy": {"default-src 'self'"}, "cache-control": {"public, max-age=9"}, "vary": {"Cookie"}}
		s.Fallback = "index.html"
	})
	for range 20 { // the order of a map is random
		for path, policy := range map[string]string{"/": "public, max-age=9", "/route": "public, max-age=9", "/missing.js": "no-store"} {
			w := f.do(t, http.MethodGet, path, "Accept", browserAccept)
			assert.Equal(t, "default-src 'self'", w.Header().Get("Content-Security-Policy"), path)
			assert.Equal(t, []string{policy}, w.Header()["Cache-Control"], path)
			assert.Contains(t, w.Header().Get("Vary"), "Cookie", path)
			for field := range w.Header() {
				assert.Equal(t, http.CanonicalHeaderKey(field), field, path)
			}
		}
	}
}

// A 404 is not cached, also if pages have fields for caches and proxies.
func TestNotFoundPageHasNoFieldForCaches(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, func(s *site.Site) {
		s.Header = http.Header{"cdn-cache-control": {"max-age=600"}, "Expires": {"Thu, 01 Dec 2044 16:00:00 GMT"}, "X-Accel-Expires": {"600"}, "X-A": {"b"}}
	})
	assert.Equal(t, "max-age=600", f.do(t, http.MethodGet, "/").Header().Get("CDN-Cache-Control"))
	w := f.do(t, http.MethodGet, "/missing")
	assert.Equal(t, "<title>missing</title>", w.Body.String())
	assert.Equal(t, "b", w.Header().Get("X-A"))
	assert.Equal(t, []string{"no-store"}, w.Header()["Cache-Control"])
	for _, field := range []string{"Cdn-Cache-Control", "Expires", "X-Accel-Expires"} {
		assert.NotContains(t, w.Header(), field)
	}
}
