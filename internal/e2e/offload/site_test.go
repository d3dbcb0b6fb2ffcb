package offload_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	static "github.com/go-downloadview/downloadview/blobdownload/site" // the package has a type site
)

// Each proxy sends the pages and assets of a site, and forwards its redirects, its fallback and its 404 page.
func TestSiteThroughProxies(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode.title, func(t *testing.T) {
			t.Parallel()
			dir := filesDir(t)
			for name, content := range map[string]string{
				"index.html": "<title>home</title>", "about.html": "<title>about</title>", "blog/index.html": "<title>blog</title>",
				"404.html": "<title>missing</title>", "assets/app-5f2a9c1e.js": "let app", "assets/app-5f2a9c1e.js.br": "br",
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
			}
			storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?no_tmp_dir=true&metadata=skip")
			require.NoError(t, err)
			t.Cleanup(func() { _ = storage.Bucket.Close() })
			s := &static.Site{Storage: storage, Fallback: "index.html"}
			results := &resultLog{}
			server := &blobdownload.Server{ErrorHandler: s.ServeError, Optimizer: mode.optimizer(dir), Observe: results.add}
			url := frontOf(mode.front).start(t, server.Handler(s.View()), dir, "")
			const html = "text/html; charset=utf-8"
			for _, tt := range []struct {
				path, accept string
				status       int
				kind, cache  string
				want         string // the body, or the Location
			}{
				{"/", "text/html", 200, html, "no-cache", "<title>home</title>"},
				{"/about", "text/html", 200, html, "no-cache", "<title>about</title>"},
				{"/blog/", "text/html", 200, html, "no-cache", "<title>blog</title>"},
				{"/assets/app-5f2a9c1e.js", "*/*", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "let app"},
				{"/users/7", "text/html", 200, html, "no-cache", "<title>home</title>"},
				{"/users/7", "*/*", 404, html, "no-store", "<title>missing</title>"},
				{"/gone.js", "text/html", 404, html, "no-store", "<title>missing</title>"},
				{"/about.html?a=1", "text/html", 308, "", "no-store", "/about?a=1"},
				{"/blog", "text/html", 308, "", "no-store", "/blog/"},
				{"/about/", "text/html", 308, "", "no-store", "/about"},
			} {
				resp, body := get(t, url+tt.path, "Accept", tt.accept, "Accept-Encoding", "br")
				require.Equal(t, tt.status, resp.StatusCode, tt.path)
				assert.Equal(t, tt.cache, resp.Header.Get("Cache-Control"), tt.path)
				if tt.status == http.StatusPermanentRedirect {
					to, err := resp.Location() // resolved
					require.NoError(t, err)
					assert.Equal(t, url+tt.want, to.String())
					continue
				}
				assert.Equal(t, tt.want, body, tt.path)
				assert.Equal(t, tt.kind, resp.Header.Get("Content-Type"), tt.path)
				assert.Empty(t, resp.Header.Get("Content-Disposition"), tt.path)
				assert.Empty(t, resp.Header.Get("Content-Security-Policy"), tt.path)
			}
			results.mu.Lock()
			defer results.mu.Unlock()
			assert.Equal(t, 5, results.offloaded, "pages, assets and the fallback")
		})
	}
}
