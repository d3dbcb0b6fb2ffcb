package providers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Stale metadata of a deleted version costs one extra request; the response is correct.
func TestKnownVersionThatIsGone(t *testing.T) {
	eachCloud(t, func(t *testing.T, b *blob.Bucket) {
		known, err := wrapper.Blob(b, "dir/a b.txt").Stat(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.WriteAll(t.Context(), "dir/a b.txt", []byte("another, and shorter"), nil))
		resp, body := fetch(t, wrapper.Blob(b, "dir/a b.txt").WithInfo(known), wrapper.Request{Range: "bytes=0-6"})
		assert.Equal(t, http.StatusPartialContent, resp.Status)
		assert.Equal(t, "another", string(body))
		require.NoError(t, b.Delete(t.Context(), "dir/a b.txt"))
		_, err = wrapper.Blob(b, "dir/a b.txt").WithInfo(known).Fetch(t.Context(), wrapper.Request{})
		assert.ErrorIs(t, err, fsErrNotExist)
	})
}
