package edge_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/storagetest/edge"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The application offloads; nginx sends the file with the application's fields.
func TestNginxSendsTheFileOfARedirect(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "a b.txt", []byte("0123456789"), nil)) // the application looks at what is local
	storage := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)}
	server := &blobdownload.Server{Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}}
	files := fstest.MapFS{"a b.txt": {Data: []byte("0123456789"), ModTime: time.Unix(1700000000, 0)}}
	for name, tc := range map[string]struct {
		bare          bool
		target, field string
		value         string
		status        int
		body, nosniff string
	}{
		"whole":        {false, "/?k=a+b.txt", "", "", 200, "0123456789", "nosniff"},
		"bare":         {true, "/?k=a+b.txt", "", "", 200, "0123456789", ""},
		"range":        {false, "/?k=a+b.txt", "Range", "bytes=2-4", 206, "234", "nosniff"},
		"not modified": {false, "/?k=a+b.txt", "If-None-Match", `"6553f100-a"`, 304, "", "nosniff"},
	} {
		nginx := &edge.Nginx{
			App:       server.Handler(blobdownload.StorageView(storage, func(r *http.Request) string { return r.URL.Query().Get("k") })),
			Locations: []edge.Location{{Prefix: "/_files/", Files: files, Bare: tc.bare}},
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, tc.target, http.NoBody)
		if tc.field != "" {
			r.Header.Set(tc.field, tc.value)
		}
		w := httptest.NewRecorder()
		nginx.ServeHTTP(w, r)
		assert.Equal(t, tc.status, w.Code, name)
		assert.Equal(t, tc.body, w.Body.String(), name)
		assert.Equal(t, tc.nosniff, w.Header().Get("X-Content-Type-Options"), name)
		assert.Empty(t, w.Header().Get("X-Accel-Redirect"), name)
		if tc.status < 300 {
			assert.Equal(t, `attachment; filename="a b.txt"`, w.Header().Get("Content-Disposition"), name)
		}
	}
	nginx := &edge.Nginx{App: http.NotFoundHandler(), Locations: []edge.Location{{Prefix: "/_files/", Files: files}}}
	w := httptest.NewRecorder()
	nginx.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_files/a%20b.txt", http.NoBody))
	assert.Equal(t, http.StatusNotFound, w.Code, "internal")
}
