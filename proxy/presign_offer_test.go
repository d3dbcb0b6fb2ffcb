package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// What is seen at the beginning of content is signed in: a URL that is kept from before it was replaced is another one.
func TestSniffedTypeIsSigned(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	s := &signing{sign: signs("https://s/k")}
	server := blobdownload.Server{Optimizer: new(proxy.Presign)}
	h := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: wrapper.Blob(b, "k.png").WithStore("docs").WithSigner(s), Inline: true, Sniff: true}, nil
	})
	for _, tc := range []struct{ content, contentType, disposition string }{
		{"\x89PNG\r\n\x1a\n", "image/png", `inline; filename="k.png"`},
		{"<html><script>alert(1)</script>", "application/octet-stream", `attachment; filename="k.png"`},
	} {
		require.NoError(t, b.WriteAll(t.Context(), "k.png", []byte(tc.content), nil))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		assert.Equal(t, http.StatusFound, w.Code)
		assert.Equal(t, tc.contentType, s.last.ContentType)
		assert.Equal(t, tc.disposition, s.last.ContentDisposition)
	}
}
