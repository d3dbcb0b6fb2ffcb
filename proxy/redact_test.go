package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
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

type leakySigner struct{ text string }

func (s leakySigner) SignedURL(context.Context, wrapper.SignOptions) (string, error) {
	return "", fmt.Errorf("%s: %w", s.text, http.ErrNotSupported) // which is errors.ErrUnsupported
}

func TestS15SignersErrorsAreLoggedWithoutCredentials(t *testing.T) {
	t.Parallel()
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { assert.NoError(t, bucket.Close()) })
	require.NoError(t, bucket.WriteAll(t.Context(), "a", []byte("content"), nil))
	for _, text := range []string{"Authorization: Bearer S3CR3T", "https://user:S3CR3T@host/k", "//host/k?sig=S3CR3T"} {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		server := &blobdownload.Server{Optimizer: &proxy.Presign{Logger: logger}, Logger: logger}
		file := wrapper.Blob(bucket, "a").WithSigner(leakySigner{text})
		w := httptest.NewRecorder()
		server.Handler(func(*http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: file}, nil
		}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
		assert.Equal(t, "content", w.Body.String())
		assert.Contains(t, log.String(), "cannot sign URLs")
		assert.NotContains(t, log.String(), "S3CR3T")
	}
}
