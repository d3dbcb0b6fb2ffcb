package blobdownload_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestLinkOfOneVersion(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinkServer(t, s, map[string]string{"a": "first"})
	info, err := l.File("a").Stat(t.Context())
	require.NoError(t, err)
	u, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{Version: info.ETag})
	require.NoError(t, err)
	assert.Equal(t, "first", l.get(t, u).Body.String())
	require.NoError(t, l.Bucket.WriteAll(t.Context(), "a", []byte("second"), nil))
	assert.Equal(t, http.StatusForbidden, l.get(t, u).Code)
}

func TestLinkViewWithoutALink(t *testing.T) {
	t.Parallel()
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	server.Handler(blobdownload.LinkView()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/dl/x", http.NoBody))
	assert.Equal(t, http.StatusForbidden, w.Code)
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	assert.Equal(t, "Forbidden\n", string(body))
}
