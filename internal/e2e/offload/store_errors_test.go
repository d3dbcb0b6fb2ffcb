package offload_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The storage's error page names the storage and the key. No status of it passes nginx.
func TestS16NoErrorPageOfTheStorageReachesTheClient(t *testing.T) {
	t.Parallel()
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("Location", "http://storage.internal/")
		w.Header().Set("Www-Authenticate", "AWS4-HMAC-SHA256")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<Error><BucketName>secret-%d</BucketName></Error>", status)
	}))
	t.Cleanup(store.Close)
	for _, location := range []string{"/_url", "/_cached"} {
		app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("X-Accel-Redirect", location+"?"+store.URL+r.URL.Path)
		})
		base := frontOf("nginx").start(t, app, t.TempDir(), store.Listener.Addr().String())
		for status := 300; status <= 599; status++ {
			if status == http.StatusNotModified || status == 499 { // 499 is nginx's own, of a client that has left
				continue
			}
			if status == http.StatusRequestTimeout || status == 444 { // nginx closes the connection
				resp, err := http.Get(base + "/" + strconv.Itoa(status))
				if err == nil {
					_ = resp.Body.Close()
				}
				assert.Error(t, err, "%s %d", location, status)
				continue
			}
			resp, body := get(t, base+"/"+strconv.Itoa(status))
			want := http.StatusBadGateway
			switch status {
			case http.StatusNotFound, http.StatusGone:
				want = http.StatusNotFound
			case http.StatusRequestedRangeNotSatisfiable:
				want = status
			}
			assert.Equal(t, want, resp.StatusCode, "%s %d", location, status)
			assert.NotContains(t, body, "secret", "%s %d", location, status)
			assert.NotContains(t, resp.Header, "Location", "%s %d", location, status)
			if status != http.StatusUnauthorized { // nginx copies this field, with which no browser shows a login on a 502
				assert.NotContains(t, resp.Header, "Www-Authenticate", "%s %d", location, status)
			}
		}
	}
}

// docs/servers/nginx.md states what nginx writes down: a signed URL, if the storage fails.
func TestS16NginxWritesSignedURLsDown(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "error.log")
	f := *frontOf("nginx")
	f.change = func(conf string) string {
		return strings.Replace(conf, "error_log logs/error.log", "error_log "+log, 1)
	}
	const closed = "127.0.0.1:9"
	base := f.start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Accel-Redirect", "/_url?http://"+closed+"/k?X-Amz-Signature=abc")
	}), t.TempDir(), closed)
	resp, body := get(t, base+"/a")
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.NotContains(t, body, "abc")
	written, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(written), "X-Amz-Signature=abc")
}
