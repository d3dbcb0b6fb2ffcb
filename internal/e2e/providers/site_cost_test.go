package providers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A page of a site in S3 costs at most one request. The list of keys costs one for each 1,000 of them.
func TestSiteCost(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, wire *wirecount.Counter) {
		if s3server.MinIO() {
			t.Skip("MinIO does not store objects as files")
		}
		dir := filepath.Join(server.Root, s3server.BucketName, "www")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "posts"), 0o700))
		for i := range 2400 {
			key := fmt.Sprintf("posts/%04d.html", i)
			require.NoError(t, os.WriteFile(filepath.Join(dir, key), []byte("content of "+key), 0o600))
		}
		for _, key := range []string{"index.html", "about.html", "blog/index.html", "404.html", "app.5f2a9c1e.js", "app.5f2a9c1e.js.br"} {
			put(t, server, "www/"+key, []byte("content of "+key))
		}
		s := &site.Site{Storage: &blobdownload.Storage{Name: "www", Bucket: wrapper.NewBucket(bucket)}, Prefix: "www/", Fallback: "index.html"}
		require.NoError(t, s.Check(t.Context()))
		assert.Equal(t, []string{"GET -> 200", "GET -> 200", "GET -> 200", "GET -> 200"}, wire.Take(), "three pages of keys, and the 404 page")

		h := (&blobdownload.Server{ErrorHandler: s.ServeError}).Handler(s.View())
		do := func(method, path string, fields ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
			for i := 0; i+1 < len(fields); i += 2 {
				r.Header.Set(fields[i], fields[i+1])
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		tag := do(http.MethodGet, "/about").Header().Get("ETag")
		require.NotEmpty(t, tag)
		wire.Take()
		for _, tt := range []struct {
			name, method, path string
			fields             []string
			status             int
			body               string
			wire               []string
		}{
			{"root", "GET", "/", nil, 200, "content of index.html", []string{"GET -> 200"}},
			{"clean URL", "GET", "/about", nil, 200, "content of about.html", []string{"GET -> 200"}},
			{"HEAD", "HEAD", "/about", nil, 200, "", []string{"HEAD -> 200"}},
			{"a key of the last page", "GET", "/posts/2399", nil, 200, "content of posts/2399.html", []string{"GET -> 200"}},
			{"directory", "GET", "/blog/", nil, 200, "content of blog/index.html", []string{"GET -> 200"}},
			{"304", "GET", "/about", []string{"If-None-Match", tag}, 304, "", []string{"GET if-none-match:" + tag + " -> 304"}},
			{"range", "GET", "/about", []string{"Range", "bytes=0-6"}, 206, "content", []string{"GET range:bytes=0-6 -> 206"}},
			{"variant", "GET", "/app.5f2a9c1e.js", []string{"Accept-Encoding", "br"}, 200, "content of app.5f2a9c1e.js.br", []string{"GET -> 200"}},
			{"fallback", "GET", "/users/7", []string{"Accept", "text/html"}, 200, "content of index.html", []string{"GET -> 200"}},
			{"redirect", "GET", "/about.html", nil, 308, "Permanent Redirect\n", nil},
			{"404", "GET", "/users/7", nil, 404, "content of 404.html", nil},
			{"404 of an asset", "GET", "/gone.js", nil, 404, "content of 404.html", []string{"GET -> 404"}},
		} {
			w := do(tt.method, tt.path, tt.fields...)
			assert.Equal(t, tt.status, w.Code, tt.name)
			assert.Equal(t, tt.body, w.Body.String(), tt.name)
			assert.Equal(t, tt.wire, wire.Take(), tt.name)
		}
		assert.Zero(t, wire.Open())
	})
}
