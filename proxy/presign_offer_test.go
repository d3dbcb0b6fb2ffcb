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

// The URL of a replaced object differs, so that a cached one does not get its sniffed media type.
func TestSniffedMediaTypeIsSigned(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	s := &signingSource{sign: signsAs("https://s/k")}
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
