package browser_test

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A browser that resumes a truncated download saves the exact content. Chromium does without a click.
func TestTruncatedDownloadIsResumed(t *testing.T) {
	chromium.require(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	server := &blobdownload.Server{}
	var mu sync.Mutex
	var requests []http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/resumed.bin" {
			http.NotFound(w, r)
			return
		}
		mu.Lock()
		requests = append(requests, r.Header)
		first := len(requests) == 1
		mu.Unlock()
		if first {
			w = &truncating{w, len(content) / 2}
		}
		_ = server.Serve(w, r, &blobdownload.Download{File: wrapper.Bytes("resumed.bin", content).WithInfo(wrapper.Info{ETag: `"v1"`})})
	}))
	t.Cleanup(s.Close)
	t.Cleanup(chromium.removeSaved)
	_ = chromium.open(t).navigate(s.URL + "/resumed.bin") // that a download begins is an error
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		saved, err := os.ReadFile(filepath.Join(chromium.saves, "resumed.bin"))
		require.NoError(c, err)
		assert.Equal(c, sha256.Sum256(content), sha256.Sum256(saved))
	}, 20*time.Second, 100*time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, requests, 2)
	assert.Equal(t, `"v1"`, requests[1].Get("If-Range"))
	assert.NotEmpty(t, requests[1].Get("Range"))
}

// truncating closes the connection after some bytes of the body.
type truncating struct {
	http.ResponseWriter
	left int
}

func (w *truncating) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return w.ResponseWriter.Write(p)
}

func (w *truncating) Unwrap() http.ResponseWriter { return w.ResponseWriter }
