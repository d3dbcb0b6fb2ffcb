package wrapper_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Through the portable API, an object that marks a folder is missing, as it is through a provider's.
func TestW18FolderMarkersAreMissing(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	for _, tt := range []struct {
		key, content string
		options      blob.WriterOptions
		folder       bool
	}{
		{"dir/", "", blob.WriterOptions{}, true},
		{"dir", "", blob.WriterOptions{ContentType: "application/x-directory"}, true},
		{"s3fs", "", blob.WriterOptions{ContentType: "application/x-directory; charset=UTF-8"}, true},
		{"swift", "", blob.WriterOptions{ContentType: "application/directory"}, true},
		{"nextcloud", "", blob.WriterOptions{ContentType: "httpd/unix-directory"}, true},
		{"azure", "", blob.WriterOptions{Metadata: map[string]string{"Hdi_IsFolder": "true"}}, true},
		{"full/", "content", blob.WriterOptions{}, false},
		{"full", "content", blob.WriterOptions{ContentType: "application/x-directory"}, false},
		{"empty", "", blob.WriterOptions{Metadata: map[string]string{"hdi_isfolder": "false"}}, false},
	} {
		require.NoError(t, b.WriteAll(t.Context(), tt.key, []byte(tt.content), &tt.options))
		for _, req := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=0-"}} {
			resp, err := wrapper.Blob(b, tt.key).Fetch(t.Context(), req)
			if tt.folder {
				require.ErrorIs(t, err, fs.ErrNotExist, "%s %+v", tt.key, req)
				continue
			}
			require.NoError(t, err, "%s %+v", tt.key, req)
			assert.NoError(t, resp.Close())
		}
	}
}
