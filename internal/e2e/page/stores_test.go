package page_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

const (
	oddKey     = "odd names/季度报告 🎉.txt"
	oddContent = "A name in Chinese with an emoji: the download has the same name.\n" // as in the sample
	many       = 20_029
)

// objects returns the objects of the sample, and others with odd keys: one has 1,024 bytes, the most that S3 permits.
func objects(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		oddKey: []byte(oddContent), "odd names/invoice_\u202egpj.txt": []byte("x"), "odd names/\u202e\u202d": []byte("x"),
		strings.Repeat("long/", 180) + strings.Repeat("k", 124): []byte("x"), ".hidden": []byte("x"),
	}
	root, err := os.OpenRoot(filepath.Join(moduleRoot, "examples", "gateway", "sample"))
	require.NoError(t, err)
	defer root.Close()
	require.NoError(t, fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all[name], err = fs.ReadFile(root.FS(), name)
		return err
	}))
	return all
}

// directory returns a directory with the objects.
func directory(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	for key, content := range objects(t) {
		name := filepath.Join(dir, filepath.FromSlash(key))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, content, 0o644))
	}
	return dir
}

// withMany adds many files to a directory, in the folder many.
func withMany(t *testing.T, dir string) string {
	t.Helper()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "many"), 0o755))
	for i := range many {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "many", fmt.Sprintf("%05d.txt", i)), []byte{byte(i)}, 0o644))
	}
	return dir
}

// remote is an S3 bucket behind a counter, with the objects of a directory.
type remote struct {
	URL      string // of the bucket
	Endpoint string
	dir      string       // of the objects
	lists    atomic.Int64 // listing requests
	down     atomic.Bool  // connections are closed without a response
	denied   atomic.Bool  // requests are refused as those of wrong credentials
}

func newRemote(t *testing.T) *remote {
	t.Helper()
	s := s3server.Start(t)
	b := s.Bucket(t)
	for key, content := range objects(t) {
		require.NoError(t, b.Upload(t.Context(), key, bytes.NewReader(content), &blob.WriterOptions{ContentType: typeOf(key)}))
	}
	r := &remote{dir: filepath.Join(s.Root, s3server.BucketName)}
	target, err := url.Parse(s.Endpoint)
	require.NoError(t, err)
	forward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		p.Out.Host = p.In.Host // it is signed
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Has("list-type") {
			r.lists.Add(1)
		}
		if r.down.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.denied.Load() {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
			return
		}
		forward.ServeHTTP(w, req)
	}))
	t.Cleanup(front.Close)
	r.Endpoint = front.URL
	r.URL = strings.Replace(s.URL(s3server.BucketName), url.QueryEscape(s.Endpoint), url.QueryEscape(front.URL), 1)
	return r
}

// typeOf returns the media type with which an object is stored.
func typeOf(key string) string {
	if t, ok := map[string]string{
		".jpg": "image/jpeg", ".png": "image/png", ".webm": "video/webm", ".ogg": "audio/ogg", ".pdf": "application/pdf", ".csv": "text/csv",
		".txt": "text/plain; charset=utf-8",
	}[filepath.Ext(key)]; ok {
		return t
	}
	return "application/octet-stream"
}
