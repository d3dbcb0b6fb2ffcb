package site_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/storagetest"
)

// A wrong field fails Check and every request, and the error names it.
func TestFieldsAreValidated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*site.Site)
		want   string
	}{
		"no storage":           {func(s *site.Site) { s.Storage = nil }, "site: Site.Storage: nil, or without a bucket"},
		"no bucket":            {func(s *site.Site) { s.Storage = &blobdownload.Storage{} }, "site: Site.Storage: nil, or without a bucket"},
		"Prefix without slash": {func(s *site.Site) { s.Prefix = "www" }, `site: Site.Prefix: "www"; want the beginning of a canonical key with a slash at its end, like "www/"`},
		"Prefix with dots":     {func(s *site.Site) { s.Prefix = "../" }, "site: Site.Prefix"},
		"Prefix of a slash":    {func(s *site.Site) { s.Prefix = "/" }, "site: Site.Prefix"},
		"Index in a directory": {func(s *site.Site) { s.Index = "a/index.html" }, `site: Site.Index: "a/index.html"; want a name without a slash, like "index.html"`},
		"Index with dots":      {func(s *site.Site) { s.Index = ".." }, "site: Site.Index"},
		"Fallback":             {func(s *site.Site) { s.Fallback = "/index.html" }, `site: Site.Fallback: "/index.html"; want a key below Prefix that is not hidden, like "404.html"`},
		"NotFound":             {func(s *site.Site) { s.NotFound = "../404.html" }, `site: Site.NotFound: "../404.html"`},
		"hidden NotFound":      {func(s *site.Site) { s.NotFound = "errors/.404.html" }, `site: Site.NotFound: "errors/.404.html"`},
		"MaxAge":               {func(s *site.Site) { s.MaxAge = -time.Second }, "site: Site.MaxAge: -1s: negative"},
		"MaxKeys":              {func(s *site.Site) { s.MaxKeys = -1 }, "site: Site.MaxKeys: -1: negative"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, pages, tc.change)
			require.ErrorContains(t, f.Check(t.Context()), tc.want)
			assert.Equal(t, 500, f.do(t, http.MethodGet, "/").Code)
			assert.Contains(t, f.log.String(), strings.SplitN(tc.want, `"`, 2)[0])
			assert.Equal(t, 405, f.do(t, http.MethodPost, "/").Code)
		})
	}
}

// Check names the pages that are missing. The site serves the others.
func TestMissingPages(t *testing.T) {
	t.Parallel()
	empty := newFixture(t, nil, nil)
	require.EqualError(t, empty.Check(t.Context()), `site: Site.Index: the storage "www" has no object "index.html"`)
	for _, path := range []string{"/", "/about", "/a/"} {
		w := empty.do(t, http.MethodGet, path, "Accept", browserAccept)
		assert.Equal(t, 404, w.Code)
		assert.Equal(t, "Not Found\n", w.Body.String(), "without a page, the standard text")
		assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
	}
	f := newFixture(t, storagetest.Objects{"www/about.html": "about"}, func(s *site.Site) {
		s.Prefix, s.Fallback, s.NotFound = "www/", "app.html", "errors/404.html"
	})
	err := f.Check(t.Context())
	for _, want := range []string{
		`Site.Index: the storage "www" has no object "www/index.html"`, `Site.Fallback: the storage "www" has no object "www/app.html"`,
		`Site.NotFound: the storage "www" has no object "www/errors/404.html"`,
	} {
		require.ErrorContains(t, err, want)
	}
	assert.Equal(t, "about", f.do(t, http.MethodGet, "/about").Body.String())
	assert.Equal(t, 404, f.do(t, http.MethodGet, "/x", "Accept", browserAccept).Code)
}

// ST7: the 404 page is bounded, and one that cannot be used leaves the site up.
func TestPagesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		page string
		want string
	}{
		"the largest": {strings.Repeat("x", 1<<20), ""},
		"too large":   {strings.Repeat("x", 1<<20+1), `site: "404.html" has more than 1048576 bytes; want a smaller page`},
		"empty":       {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, storagetest.Objects{"index.html": "home", "404.html": tc.page}, nil)
			err := f.Check(t.Context())
			w := f.do(t, http.MethodGet, "/none")
			assert.Equal(t, 404, w.Code)
			assert.Equal(t, 200, f.do(t, http.MethodGet, "/").Code)
			if tc.want == "" {
				require.NoError(t, err)
				assert.Equal(t, tc.page, w.Body.String())
				return
			}
			require.EqualError(t, err, tc.want)
			assert.Equal(t, "Not Found\n", w.Body.String())
			assert.Contains(t, f.log.String(), "site listing failed")
		})
	}
	f := newFixture(t, pages, nil)
	f.bucket.Fault(storagetest.Fault{Op: storagetest.OpRead, Key: "404.html", Action: storagetest.Fail(nil)})
	require.ErrorContains(t, f.Check(t.Context()), `site: read "404.html": `)
	assert.Equal(t, 200, f.do(t, http.MethodGet, "/").Code)
}

// A 404 page that cannot be read leaves the previous one in use.
func TestNotFoundPageSurvivesAFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, nil)
	require.NoError(t, f.Check(t.Context()))
	f.bucket.Fault(storagetest.Fault{Op: storagetest.OpRead, Key: "404.html", Nth: 1, Action: storagetest.Fail(nil)})
	require.ErrorContains(t, f.Check(t.Context()), `site: read "404.html": `)
	assert.Equal(t, "<title>missing</title>", f.do(t, http.MethodGet, "/missing").Body.String())
	f.bucket.Remove("404.html")
	require.NoError(t, f.Check(t.Context()))
	assert.Equal(t, "Not Found\n", f.do(t, http.MethodGet, "/missing").Body.String())
}
