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

// For every key, Fetch, Stat and SignedURL access the object that Go CDK wrote.
func TestS3Keys(t *testing.T) {
	eachLane(t, func(t *testing.T, _ *s3server.Server, bucket *blob.Bucket, wire *wirecount.Counter) {
		for _, key := range []string{
			"plain.txt", "a/b/c.txt", "with space", "per%cent", "%41literal", "%20literal", "plus+sign", "question?mark",
			"hash#tag", "semi;amp&eq=", `quote"d`, `back\slash`, "new\nline", "tab\tbed", "żółć/日本語.txt", "{}|^`<>[]",
			"..name..", "a..b", "up/../and/down", "../up", "__0x2f__", "colon:at@dollar$", "star*bang!quote'()", "~tilde",
			"downloadview", "a,b",
		} {
			t.Run(key, func(t *testing.T) {
				content := []byte("content of " + key)
				require.NoError(t, bucket.WriteAll(t.Context(), key, content, nil))
				f := wrapper.Blob(bucket, key)
				wire.Take()
				_, body := fetch(t, f, wrapper.Request{})
				assert.Equal(t, string(content), string(body))
				info, err := f.Stat(t.Context())
				require.NoError(t, err)
				assert.EqualValues(t, len(content), info.Size)
				assert.Equal(t, []string{"GET -> 200", "HEAD -> 200"}, wire.Take())

				url, err := f.SignedURL(t.Context(), wrapper.SignOptions{ContentDisposition: `attachment; filename="x"`})
				require.NoError(t, err)
				assert.Empty(t, wire.Take(), "signing is free")
				resp, body := getURL(t, http.MethodGet, url, nil)
				assert.Equal(t, http.StatusOK, resp.StatusCode, "%s", body)
				assert.Equal(t, string(content), string(body))
				assert.Equal(t, `attachment; filename="x"`, resp.Header.Get("Content-Disposition"))
			})
		}
	})
}

func TestS3PrefixedBuckets(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		put(t, server, "p/q/k", []byte("below p/q/"))
		put(t, server, "p/k", []byte("below p/"))
		put(t, server, "k", []byte("at the top"))
		put(t, server, "p..__0x2f__k", []byte("escaped at the seam"))
		below := blob.PrefixedBucket(blob.PrefixedBucket(bucket, "p/"), "q/")
		_, body := fetch(t, wrapper.Blob(below, "k"), wrapper.Request{})
		assert.Equal(t, "below p/q/", string(body))
		require.NoError(t, below.Close())
	})
}

func TestS3PrefixThatNeedsEscapesWithItsKeys(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		put(t, server, "p..__0x2f__k", []byte("escaped at the seam"))
		below := blob.PrefixedBucket(bucket, "p..")
		_, body := fetch(t, wrapper.Blob(below, "/k"), wrapper.Request{})
		assert.Equal(t, "escaped at the seam", string(body))
		require.NoError(t, below.Close())
	})
}

func TestS3SingleKeyBucket(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		put(t, server, "the/only", []byte("one"))
		put(t, server, "k", []byte("another"))
		one := blob.SingleKeyBucket(bucket, "the/only")
		_, body := fetch(t, wrapper.Blob(one, "k"), wrapper.Request{})
		assert.Equal(t, "one", string(body))
		require.NoError(t, one.Close())
	})
}
