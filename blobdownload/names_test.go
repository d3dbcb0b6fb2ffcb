package blobdownload_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// tenants returns two storages named "docs", with one signer.
func tenants(t *testing.T) (a, b *blobdownload.Storage) {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: make([]byte, 32)}}, URL: "/dl/",
	})
	require.NoError(t, err)
	var all [2]*blobdownload.Storage
	for i := range all {
		bucket := memblob.OpenBucket(nil)
		t.Cleanup(func() { _ = bucket.Close() })
		all[i] = &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket), Signer: signer}
	}
	return all[0], all[1]
}

func TestS1LinkViewRejectsTwoStoragesOfOneName(t *testing.T) {
	t.Parallel()
	a, b := tenants(t)
	h := a.Signer.Require((&blobdownload.Server{Logger: quietServer().Logger}).Handler(blobdownload.LinkView(a, b)))
	u, err := a.File("k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, u, http.NoBody))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
}

func TestS1ASignerSignsForOneBucketOfAName(t *testing.T) {
	t.Parallel()
	a, b := tenants(t)
	for range 2 {
		_, err := a.File("k").SignedURL(t.Context(), wrapper.SignOptions{})
		require.NoError(t, err)
		_, err = b.File("k").SignedURL(t.Context(), wrapper.SignOptions{})
		require.ErrorContains(t, err, `storage name "docs" is that of two buckets`)
	}
}
