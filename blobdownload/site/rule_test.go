package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload/site"
)

// ST1: the rule of clean URLs. Of two paths of a page, one is canonical.
func TestPathsOfPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, nil)
	f.check(t, []response{
		{"/", 200, "<title>home</title>"},
		{"/index.html", 308, "./"},
		{"/index", 308, "./"},
		{"/index/", 308, "../"},
		{"/about", 200, "<title>about</title>"},
		{"/about/", 308, "../about"},
		{"/about.html", 308, "./about"},
		{"/about.html/", 404, ""},
		{"/blog", 308, "./blog/"},
		{"/blog/", 200, "<title>blog</title>"},
		{"/blog/index.html", 308, "./"},
		{"/blog/index", 308, "./"},
		{"/blog/first", 200, "<title>first</title>"},
		{"/blog/first/", 308, "../first"},
		{"/blog/first.html", 308, "./first"},
		{"/both", 200, "<title>both, page</title>"},
		{"/both/", 200, "<title>both, directory</title>"},
		{"/both.html", 308, "./both"},
		{"/both/index.html", 308, "./"},
		{"/plain", 200, "a file without an extension"},
		{"/plain/", 308, "../plain.html"},
		{"/plain.html", 200, "<title>plain, page</title>"},
		{"/style.css", 200, "a{}"},
		{"/style.css/", 404, ""},
		{"/style", 404, ""},
		{"/v1.2", 308, "./v1.2/"},
		{"/v1.2/", 200, "<title>1.2</title>"},
		{"/a%20b/c%25d%20%C3%A9", 200, "<title>odd</title>"},
		{"/a%20b/c%25d%20%C3%A9.html", 308, "./c%25d%20%C3%A9"},
		{"/About", 404, ""},
		{"/.well-known/security.txt", 200, "Contact: mailto:a@example.com"},
		{"/about.html?a=1&b=%20", 308, "./about?a=1&b=%20"},
		{"/about?a=1", 200, "<title>about</title>"},
	})
}

// response is the expected one of a site to a path.
type response struct {
	path   string
	status int
	want   string // the content, or the Location
}

func (f *fixture) check(t *testing.T, responses []response) {
	t.Helper()
	for _, tc := range responses {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := f.do(t, method, tc.path)
			require.Equal(t, tc.status, w.Code, "%s %s", method, tc.path)
			switch {
			case tc.status != http.StatusOK:
				assert.Equal(t, tc.want, w.Header().Get("Location"), tc.path)
				if tc.status == http.StatusPermanentRedirect {
					assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
				}
			case method == http.MethodGet:
				assert.Equal(t, tc.want, w.Body.String(), tc.path)
			}
		}
	}
}

// ST2: a redirect stays at the host and below the mount, and leads to the page in one step.
func TestRedirectsStayBelowTheMount(t *testing.T) {
	t.Parallel()
	objects := map[string]string{"index.html": "home", "evil.example/index.html": "x", "a/javascript:alert(1).html": "x", `a/\evil.example.html`: "x", "a/b.html": "x"}
	f := newFixture(t, objects, nil)
	for path, want := range map[string]string{
		"/evil.example":                "/evil.example/",
		"/a/javascript:alert(1).html":  "/a/javascript:alert%281%29",
		"/a/javascript:alert(1)/":      "/a/javascript:alert%281%29",
		"/a/%5Cevil.example.html":      "/a/%5Cevil.example",
		"/a/%5Cevil.example/":          "/a/%5Cevil.example",
		"/a/b/?next=//evil.example":    "/a/b?next=//evil.example",
		"/a/b/?%0d%0aSet-Cookie:%20x=": "/a/b?%0d%0aSet-Cookie:%20x=",
	} {
		for _, mount := range []string{"", "/docs", "/deep/er"} {
			h := http.StripPrefix(mount, f)
			w := (&fixture{Handler: h}).do(t, http.MethodGet, mount+path)
			require.Equal(t, 308, w.Code, path)
			base, err := url.Parse("https://www.example.com" + mount + path)
			require.NoError(t, err)
			to, err := base.Parse(w.Header().Get("Location"))
			require.NoError(t, err)
			assert.Equal(t, "https://www.example.com"+mount+want, to.String())
			again := (&fixture{Handler: h}).do(t, http.MethodGet, strings.TrimPrefix(to.String(), "https://www.example.com"))
			assert.Equal(t, 200, again.Code, to.String())
		}
	}
}

// ST3, ST4: hostile and hidden paths are a 404 without a request and without a redirect.
func TestHostilePathsCostNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, withFallback)
	require.Equal(t, 200, f.do(t, http.MethodGet, "/").Code)
	f.bucket.Reset()
	for _, path := range []string{
		"/../index.html", "/%2e%2e/index.html", "/blog/../about", "/blog/%2e%2e/about", "/./about", "//evil.example", "//evil.example/", "//about", "/about//", "/blog//first",
		"/%2Fevil.example/", "/blog%2Ffirst", "/blog%2findex.html", "/%5C%5Cevil.example%2f..", "/about%00", "/%00", "/a%0d%0aLocation:%20x", "/about%0a",
		"/%ff", "/" + strings.Repeat("a", 1025), "/" + strings.Repeat("a/", 2000), "/" + strings.Repeat("%2e%2e/", 200) + "etc/passwd",
		"/.env", "/.git/config", "/.git/", "/.git", "/blog/.draft", "/blog/.draft.html", "/.", "/..", "/...", "/.well-known/.env", "/blog/.well-known/x",
	} {
		w := f.do(t, http.MethodGet, path, "Accept", browserAccept)
		assert.Equal(t, 404, w.Code, path)
		assert.Empty(t, w.Header().Get("Location"), path)
		assert.Equal(t, "<title>missing</title>", w.Body.String(), path)
	}
	assert.Empty(t, f.bucket.Calls())
	shown := newFixture(t, pages, func(s *site.Site) { s.Hidden = true })
	assert.Equal(t, "SECRET=1", shown.do(t, http.MethodGet, "/.env").Body.String())
	assert.Equal(t, "secret", shown.do(t, http.MethodGet, "/blog/.draft").Body.String())
}

// W18 for sites: an empty object that stands for a folder does not hide the pages of the folder.
func TestW18FolderMarkersHideNoPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, map[string]string{
		"index.html": "home", "sub": "", "sub/index.html": "sub", "sub/deep": "", "sub/deep/page.html": "page", "empty": "",
	}, nil)
	f.check(t, []response{
		{"/sub", 308, "./sub/"},
		{"/sub/", 200, "sub"},
		{"/sub/deep", 404, ""},
		{"/sub/deep/page", 200, "page"},
		{"/empty", 200, ""},
	})
}
