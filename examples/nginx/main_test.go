package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/storagetest/edge"
	"github.com/go-downloadview/downloadview/storagetest/servers"
	"github.com/go-downloadview/downloadview/wrapper"
)

const name = "2026/été #1.txt"

var authorized = storagetest.Header("Authorization", "Bearer letmein")

// files is a directory that nginx can read, with one file in it.
func files(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "2026"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte("all is well"), 0o600))
	servers.Share(t, dir)
	return dir
}

func service(t *testing.T) (*storagetest.Bucket, http.Handler) {
	t.Helper()
	bucket := storagetest.NewBucket(t, storagetest.Objects{}) // the application opens no file
	return bucket, handler(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)}, "letmein")
}

func TestNginxSendsTheFile(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot(files(t))
	require.NoError(t, err)
	defer root.Close()
	bucket, app := service(t)
	nginx := &edge.Nginx{App: app, Locations: []edge.Location{{Prefix: "/_files/", Files: root.FS()}}}

	response := storagetest.Serve(nginx, storagetest.Get(t, "/docs/2026/%C3%A9t%C3%A9%20%231.txt", authorized, storagetest.Range(4, 5)))
	storagetest.CheckDownload(t, response, storagetest.Want{
		Status: http.StatusPartialContent, Body: "is", Filename: "été #1.txt", CacheControl: "private, no-cache",
	})
	storagetest.CheckDownload(t, storagetest.Serve(nginx, storagetest.Get(t, "/docs/2026/%C3%A9t%C3%A9%20%231.txt")), storagetest.Want{
		Status: http.StatusUnauthorized, Body: "Unauthorized\n",
	})
	storagetest.CheckDownload(t, storagetest.Serve(nginx, storagetest.Get(t, "/_files/a.txt")), storagetest.Want{Status: http.StatusNotFound})
	assert.Zero(t, bucket.Requests(), bucket.Trace())
}

// The configuration beside the program is the one that a real nginx is started with.
func TestTheConfigurationWorks(t *testing.T) {
	t.Parallel()
	_, h := service(t)
	app := httptest.NewServer(h)
	defer app.Close()
	config, err := os.ReadFile("nginx.conf")
	require.NoError(t, err)
	text := strings.NewReplacer(
		"127.0.0.1:8000", "{{.Listen}}",
		"127.0.0.1:8080", app.Listener.Addr().String(),
		"/srv/downloadview/files", files(t),
	).Replace(string(config))
	nginx := servers.Nginx(t, servers.Config{Text: text})

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, nginx.URL+"/docs/2026/%C3%A9t%C3%A9%20%231.txt", http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer letmein")
	response, err := nginx.Client().Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, "all is well", string(body))
	assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	assert.NotEmpty(t, response.Header.Get("ETag"), "nginx has opened the file")
	assert.Empty(t, response.Header.Get("X-Accel-Redirect"))
}
