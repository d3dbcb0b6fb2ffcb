package providers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// One request returns all metadata of an object: for the complete object, a range, and no content.
func TestEveryAnswerDescribesTheWhole(t *testing.T) {
	eachCloud(t, func(t *testing.T, b *blob.Bucket) {
		require.NoError(t, b.WriteAll(t.Context(), "k", []byte(content), &blob.WriterOptions{
			ContentType: "text/x-log", ContentLanguage: "eo", ContentDisposition: `inline; filename="x"`, CacheControl: "max-age=60",
		}))
		f := wrapper.Blob(b, "k")
		want, err := f.Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "text/x-log", want.ContentType)
		assert.Equal(t, "max-age=60", want.CacheControl)
		assert.Len(t, content, int(want.Size))
		assert.NotEmpty(t, want.ETag)
		assert.False(t, want.ModTime.IsZero())
		for _, req := range []wrapper.Request{{}, {Range: "bytes=5-9"}, {Range: "bytes=-5"}} {
			resp, _ := fetch(t, f, req)
			got := resp.Info
			if strings.Contains(t.Name(), "SDK") {
				got.ContentLanguage, got.ContentDisposition = want.ContentLanguage, want.ContentDisposition // its reader has neither
			}
			got.Digests, want.Digests = nil, nil // whether a part's answer has them is the store's affair
			assert.Equal(t, want.ModTime.Unix(), got.ModTime.Unix(), req.Range)
			got.ModTime = want.ModTime
			assert.Equal(t, want, got, req.Range)
		}
	})
}
