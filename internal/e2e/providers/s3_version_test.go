package providers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A read is pinned to the first version, even if the object is overwritten.
func TestS3Versions(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		server.Version(t, s3server.BucketName)
		old := random(1 << 20)
		_, first := put(t, server, "k", old)
		f := wrapper.Blob(bucket, "k")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		require.Equal(t, first, info.Version)
		require.NotEmpty(t, first)

		resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-4,900000-900001"})
		require.NoError(t, err)
		require.Len(t, resp.Ranges, 2)
		require.NoError(t, resp.Close())
		_, second := put(t, server, "k", []byte("second"))
		require.NotEqual(t, first, second)
		part, err := resp.Part(1)
		require.NoError(t, err, "the old version is still there")
		assert.Equal(t, string(old[900000:900002]), readAll(t, part))

		now, body := fetch(t, f, wrapper.Request{})
		assert.Equal(t, "second", string(body))
		assert.Equal(t, second, now.Info.Version)
		for version, content := range map[string]string{first: string(old), second: "second"} {
			_, body := fetch(t, f.WithInfo(wrapper.Info{Size: int64(len(content)), Version: version}), wrapper.Request{})
			assert.Equal(t, content, string(body))
			url, err := f.SignedURL(t.Context(), wrapper.SignOptions{Version: version})
			require.NoError(t, err)
			_, body = getURL(t, http.MethodGet, url, nil)
			assert.Equal(t, content, string(body))
		}
	})
}

// In a bucket without versions, a read is pinned to the entity-tag.
func TestS3UnversionedChange(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, wire *wirecount.Counter) {
		tag, _ := put(t, server, "k", random(1<<20))
		f := wrapper.Blob(bucket, "k")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		assert.Empty(t, info.Version)
		resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-4,900000-900001"})
		require.NoError(t, err)
		require.NoError(t, resp.Close())
		put(t, server, "k", random(1<<20+1))
		wire.Take()
		_, err = resp.Part(1)
		require.ErrorIs(t, err, wrapper.ErrChanged)
		assert.Equal(t, []string{"GET range:bytes=900000-900001 if-match:" + tag + " -> 412"}, wire.Take())
	})
}
