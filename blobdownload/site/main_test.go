package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/internal/logtest"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pages are the objects of a small site.
var pages = storagetest.Objects{
	"index.html": "<title>home</title>", "about.html": "<title>about</title>", "blog/index.html": "<title>blog</title>",
	"blog/first.html": "<title>first</title>", "both.html": "<title>both, page</title>", "both/index.html": "<title>both, directory</title>",
	"plain": "a file without an extension", "plain.html": "<title>plain, page</title>", "404.html": "<title>missing</title>",
	"app.5f2a9c1e.js": "let app", "app.5f2a9c1e.js.br": "br of app", "app.5f2a9c1e.js.gz": "gzip of app", "style.css": "a{}", "style.css.zst": "zstd of style",
	"about.html.br": "br of about", ".env": "SECRET=1", ".git/config": "secret", "blog/.draft.html": "secret",
	".well-known/security.txt": "Contact: mailto:a@example.com", "a b/c%d é.html": "<title>odd</title>", "v1.2/index.html": "<title>1.2</title>",
}

// fixture is a site of a bucket that counts its requests.
type fixture struct {
	*site.Site
	http.Handler
	bucket *storagetest.Bucket
	log    *logtest.Text
}

func newFixture(t *testing.T, objects storagetest.Objects, change func(*site.Site)) *fixture {
	t.Helper()
	b := storagetest.NewBucket(t, objects)
	logger, text := logtest.New()
	f := &fixture{bucket: b, log: text}
	f.Site = &site.Site{Storage: &blobdownload.Storage{Name: "www", Bucket: wrapper.NewBucket(b.Bucket)}, Logger: logger}
	if change != nil {
		change(f.Site)
	}
	server := &blobdownload.Server{ErrorHandler: f.ServeError, Logger: logger}
	f.Handler = server.Handler(f.View())
	return f
}

func withFallback(s *site.Site) { s.Fallback = "index.html" }

// do requests a path, with the names and values of fields.
func (f *fixture) do(t *testing.T, method, target string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://www.example.com/", http.NoBody)
	var err error
	r.URL, err = url.ParseRequestURI(target) // as net/http does, without cleaning
	require.NoError(t, err)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
