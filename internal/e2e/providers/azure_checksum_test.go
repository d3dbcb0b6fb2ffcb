package providers_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A blob has a checksum if one Put Blob wrote it or if its writer set one. Corruption of a block blob without a
// checksum cannot be detected.
func TestAzureChecksum(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 5<<16) // of less than 4 MiB Azurite computes one for each answer
	sum := md5.Sum(content)
	b, _ := azureserver.Start(t).Bucket(t, "checksums", wirecount.New(t))
	var c *container.Client
	require.True(t, b.As(&c))
	blocks := func(t *testing.T, key string, o *blockblob.CommitBlockListOptions) {
		t.Helper()
		var ids []string
		for i, block := range [][]byte{content[:2<<20], content[2<<20:]} {
			ids = append(ids, base64.StdEncoding.EncodeToString([]byte{byte(i)}))
			_, err := c.NewBlockBlobClient(key).StageBlock(t.Context(), ids[i], streaming.NopCloser(bytes.NewReader(block)), nil)
			require.NoError(t, err)
		}
		_, err := c.NewBlockBlobClient(key).CommitBlockList(t.Context(), ids, o)
		require.NoError(t, err)
	}
	for name, tc := range map[string]struct {
		put  func(t *testing.T, key string)
		told bool
	}{
		"one Put Blob": {func(t *testing.T, key string) {
			_, err := c.NewBlockBlobClient(key).Upload(t.Context(), streaming.NopCloser(bytes.NewReader(content)), nil)
			require.NoError(t, err)
		}, true},
		"blocks": {func(t *testing.T, key string) { blocks(t, key, nil) }, false},
		"blocks and a checksum": {func(t *testing.T, key string) {
			blocks(t, key, &blockblob.CommitBlockListOptions{HTTPHeaders: &azblob.HTTPHeaders{BlobContentMD5: sum[:]}})
		}, true},
		"Go CDK's WriteAll": {func(t *testing.T, key string) {
			require.NoError(t, b.WriteAll(t.Context(), key, content, nil))
		}, true},
		"Go CDK's Writer": {func(t *testing.T, key string) {
			require.NoError(t, b.Upload(t.Context(), key, bytes.NewReader(content), &blob.WriterOptions{BufferSize: 1 << 20, ContentType: "text/plain"}))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tc.put(t, name)
			resp, body := fetch(t, wrapper.Blob(b, name), wrapper.Request{})
			assert.Equal(t, sum, md5.Sum(body))
			part, _ := fetch(t, wrapper.Blob(b, name), wrapper.Request{Range: "bytes=1-2"})
			if !tc.told {
				assert.Empty(t, resp.Info.Digests)
				assert.Empty(t, part.Info.Digests)
				return
			}
			want := []wrapper.Digest{{Algorithm: "md5", Sum: sum[:]}}
			assert.Equal(t, want, resp.Info.Digests)
			assert.Equal(t, want, part.Info.Digests)
		})
	}
}
