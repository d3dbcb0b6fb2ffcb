package site_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/storagetest"
)

// requested returns the keys that were requested since the last Reset, each once. One response to a GET from a bucket
// without a provider makes two calls for one key.
func (f *fixture) requested() (keys []string) {
	for _, c := range f.bucket.Calls() {
		if !slices.Contains(keys, c.Key) {
			keys = append(keys, c.Key)
		}
	}
	f.bucket.Reset()
	return keys
}

// ST5, ST8, ST9: each kind of response, its cache policy, and the one object that it requests.
func TestResponses(t *testing.T) {
	t.Parallel()
	const immutable = "public, max-age=31536000, immutable"
	f := newFixture(t, pages, withFallback)
	require.NoError(t, f.Check(t.Context()))
	f.bucket.Reset()
	tag := f.do(t, http.MethodGet, "/about").Header().Get("ETag")
	require.NotEmpty(t, tag)
	f.bucket.Reset()
	html, js, css := "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
	for _, tc := range []struct {
		name, path string
		fields     []string
		status     int
		requested  []string
		kind       string
		cache      string
		vary       []string
		body       string
	}{
		{"root", "/", nil, 200, []string{"index.html"}, html, "no-cache", nil, "<title>home</title>"},
		{"clean URL", "/about", nil, 200, []string{"about.html"}, html, "no-cache", []string{"Accept-Encoding"}, "<title>about</title>"},
		{"directory", "/blog/", nil, 200, []string{"blog/index.html"}, html, "no-cache", nil, "<title>blog</title>"},
		{"redirect", "/blog", nil, 308, nil, "text/plain; charset=utf-8", "no-store", nil, "Permanent Redirect\n"},
		{"304", "/about", []string{"If-None-Match", tag}, 304, []string{"about.html"}, "", "no-cache", []string{"Accept-Encoding"}, ""},
		{"range", "/about", []string{"Range", "bytes=0-6"}, 206, []string{"about.html"}, html, "no-cache", []string{"Accept-Encoding"}, "<title>"},
		{"412", "/about", []string{"If-Match", `"x"`}, 412, []string{"about.html"}, "text/plain; charset=utf-8", "no-store", nil, "Precondition Failed\n"},
		{"hashed", "/app.5f2a9c1e.js", []string{"Accept-Encoding", "identity"}, 200, []string{"app.5f2a9c1e.js"}, js, immutable, []string{"Accept-Encoding"}, "let app"},
		{"br", "/app.5f2a9c1e.js", []string{"Accept-Encoding", "gzip, br, zstd"}, 200, []string{"app.5f2a9c1e.js.br"}, js, immutable, []string{"Accept-Encoding"}, "br of app"},
		{"gzip", "/app.5f2a9c1e.js", []string{"Accept-Encoding", "gzip, zstd"}, 200, []string{"app.5f2a9c1e.js.gz"}, js, immutable, []string{"Accept-Encoding"}, "gzip of app"},
		{"zstd", "/style.css", []string{"Accept-Encoding", "br, zstd"}, 200, []string{"style.css.zst"}, css, "no-cache", []string{"Accept-Encoding"}, "zstd of style"},
		{"br of a page", "/about", []string{"Accept-Encoding", "br"}, 200, []string{"about.html.br"}, html, "no-cache", []string{"Accept-Encoding"}, "br of about"},
		{"a variant itself", "/app.5f2a9c1e.js.gz", nil, 200, []string{"app.5f2a9c1e.js.gz"}, "text/plain; charset=utf-8", immutable, nil, "gzip of app"},
		{"fallback", "/users/7", []string{"Accept", browserAccept}, 200, []string{"index.html"}, html, "no-cache", []string{"Accept"}, "<title>home</title>"},
		{"fallback of a directory", "/users/", []string{"Accept", browserAccept}, 200, []string{"index.html"}, html, "no-cache", []string{"Accept"}, "<title>home</title>"},
		{"404", "/users/7", []string{"Accept", "application/json"}, 404, nil, html, "no-store", nil, "<title>missing</title>"},
		{"404 of an asset", "/gone.0a1b2c3d.js", []string{"Accept", browserAccept}, 404, []string{"gone.0a1b2c3d.js"}, html, "no-store", nil, "<title>missing</title>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := f.do(t, http.MethodGet, tc.path, tc.fields...)
			require.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.body, w.Body.String())
			assert.Equal(t, tc.requested, f.requested())
			assert.Equal(t, tc.kind, w.Header().Get("Content-Type"))
			assert.Equal(t, tc.cache, w.Header().Get("Cache-Control"))
			assert.Equal(t, tc.vary, w.Header()["Vary"])
			assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
			if tc.status == 200 {
				assert.Empty(t, w.Header().Get("Content-Disposition"))
				assert.Empty(t, w.Header().Get("Content-Security-Policy"), "a page runs its scripts")
			}

			head := f.do(t, http.MethodHead, tc.path, tc.fields...)
			f.bucket.Reset()
			if tc.status == 206 { // RFC 9110 section 14.2
				return
			}
			assert.Equal(t, tc.status, head.Code)
			for _, field := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Cache-Control", "ETag", "Vary", "Location"} {
				assert.Equal(t, w.Header().Values(field), head.Header().Values(field), field)
			}
			if tc.status == 404 {
				assert.Empty(t, head.Body.String())
			}
		})
	}
}

// ST6: only a navigation gets the fallback page.
func TestFallbackIsForNavigations(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, withFallback)
	for _, tc := range []struct {
		method, path, accept string
		status               int
	}{
		{"GET", "/users/7", browserAccept, 200},
		{"HEAD", "/users/7", browserAccept, 200},
		{"GET", "/users/7", "text/html", 200},
		{"GET", "/users/7", "TEXT/HTML;q=0.5", 200},
		{"GET", "/users/7", "text/html;q=0", 404},
		{"GET", "/users/7", "text/html;q=x", 404},
		{"GET", "/users/7", "*/*", 404},
		{"GET", "/users/7", "text/*", 404},
		{"GET", "/users/7", "", 404},
		{"GET", "/users/7", "application/json, text/html-sandboxed", 404},
		{"GET", "/users/7.js", browserAccept, 404},
		{"GET", "/users/jane.doe", browserAccept, 404},
		{"GET", "/jane.doe/files", browserAccept, 200},
		{"POST", "/users/7", browserAccept, 405},
		{"GET", "/about/", browserAccept, 308},
	} {
		assert.Equal(t, tc.status, f.do(t, tc.method, tc.path, "Accept", tc.accept).Code, "%v", tc)
	}
	without := newFixture(t, pages, nil)
	assert.Equal(t, 404, without.do(t, http.MethodGet, "/users/7", "Accept", browserAccept).Code)
}

// Both forms of a response at one path, in either order, from one cache.
func TestFallbackAndErrorDoNotReplaceEachOther(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, withFallback)
	page := f.do(t, http.MethodGet, "/users/7", "Accept", browserAccept)
	failed := f.do(t, http.MethodGet, "/users/7", "Accept", "application/json", "If-None-Match", page.Header().Get("ETag"))
	assert.Equal(t, []string{"Accept"}, page.Header()["Vary"])
	assert.Equal(t, 404, failed.Code, "a precondition does not make a 304 of a 404")
	assert.Equal(t, "no-store", failed.Header().Get("Cache-Control"))
}

func TestFieldsOfTheSite(t *testing.T) {
	t.Parallel()
	policy := "default-src 'self'"
	f := newFixture(t, pages, func(s *site.Site) {
		s.Header = http.Header{"Content-Security-Policy": {policy}, "Referrer-Policy": {"same-origin"}, "Cache-Control": {"no-store, x"}}
		s.Immutable = func(string) bool { return true }
	})
	for path, cache := range map[string]string{"/": "no-store, x", "/app.5f2a9c1e.js": "no-store, x", "/none": "no-store"} {
		h := f.do(t, http.MethodGet, path).Header()
		assert.Equal(t, policy, h.Get("Content-Security-Policy"), path)
		assert.Equal(t, "same-origin", h.Get("Referrer-Policy"), path)
		assert.Equal(t, cache, h.Get("Cache-Control"), path)
	}
	var asked []string
	f = newFixture(t, storagetest.Objects{"www/assets/index-BxY3_kQ2.js": "x", "www/index.html": "home", "www/assets.html": "x"}, func(s *site.Site) {
		s.Prefix = "www/"
		s.Immutable = func(key string) bool {
			asked = append(asked, key)
			return len(key) > 7 && key[:7] == "assets/"
		}
	})
	assert.Contains(t, f.do(t, http.MethodGet, "/assets/index-BxY3_kQ2.js").Header().Get("Cache-Control"), "immutable")
	assert.Equal(t, "no-cache", f.do(t, http.MethodGet, "/assets").Header().Get("Cache-Control"))
	assert.Equal(t, []string{"assets/index-BxY3_kQ2.js", "assets.html"}, asked)
}

// A site composes as other views do, and its downloads are offloaded.
func TestSiteIsAView(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, nil)
	denied := &blobdownload.Server{ErrorHandler: f.ServeError, Logger: f.Logger}
	h := denied.Handler(f.View().Authorized(func(*http.Request) error { return blobdownload.Unauthorized("Basic") }))
	for _, path := range []string{"/", "/about.html", "/none"} {
		w := (&fixture{Handler: h}).do(t, http.MethodGet, path)
		assert.Equal(t, 401, w.Code, "neither a redirect nor a 404 shows which pages exist")
		assert.Equal(t, "Unauthorized\n", w.Body.String())
		assert.Equal(t, "Basic", w.Header().Get("WWW-Authenticate"))
	}
	allowed := f.View().Authorized(func(*http.Request) error { return nil })
	w := (&fixture{Handler: denied.Handler(allowed)}).do(t, http.MethodGet, "/app.5f2a9c1e.js")
	assert.Equal(t, "private, max-age=31536000, immutable", w.Header().Get("Cache-Control"))

	nginx := &blobdownload.Server{ErrorHandler: f.ServeError, Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "www", Location: "/_www/"}}}}
	cdn := &blobdownload.Server{ErrorHandler: f.ServeError, Optimizer: &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "www", Location: "https://cdn.example.com/"}}, Signer: proxy.PublicFiles{},
	}}
	offloaded := func(s *blobdownload.Server, path string) *httptest.ResponseRecorder {
		return (&fixture{Handler: s.Handler(f.View())}).do(t, http.MethodGet, path, "Accept-Encoding", "br")
	}
	f.bucket.Reset()
	page := offloaded(nginx, "/blog/")
	assert.Equal(t, "/_www/blog/index.html", page.Header().Get("X-Accel-Redirect"))
	assert.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
	assert.Empty(t, f.bucket.Calls())
	assert.Equal(t, 404, offloaded(nginx, "/none").Code)
	assert.Equal(t, 308, offloaded(nginx, "/about.html").Code)
	asset := offloaded(cdn, "/app.5f2a9c1e.js")
	assert.Equal(t, "https://cdn.example.com/app.5f2a9c1e.js", asset.Header().Get("Location"))
	assert.Equal(t, "<title>blog</title>", offloaded(cdn, "/blog/").Body.String(), "only immutable assets are public")
}
