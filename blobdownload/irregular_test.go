//go:build unix

package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// XA10, XA28, XA29: a name that is no regular file is the application's 404, with either kind of validators.
func TestOnlyRegularFilesAreOffloaded(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+root.Name()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = storage.Bucket.Close() })
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		for view, h := range map[string]http.Handler{
			"path":    offloadingServer(v).Handler(blobdownload.PathView(root, queryKey)),
			"storage": offloadingServer(v).Handler(blobdownload.StorageView(storage, queryKey)),
		} {
			for name, offloaded := range map[string]bool{
				"in": true, "dir/in": true, "none": false, "dir": false, "fifo": false, "socket": false,
				"rel": false, "abs": false, "up/secret": false, "chain": false, "loop": false, "dangling": false, "zero": false, "proc": false,
			} {
				r := request(t, http.MethodGet, "/")
				r.URL.RawQuery = query(name)
				resp := exchangeRequest(h, r)
				assert.Equal(t, offloaded, resp.Header.Get("X-Accel-Redirect") != "", "%s %s", view, name)
				if !offloaded {
					assert.Equal(t, http.StatusNotFound, resp.StatusCode, "%s %s", view, name)
					assert.Empty(t, resp.Header.Get("Content-Disposition"), "%s %s", view, name)
				}
			}
		}
	}
}
