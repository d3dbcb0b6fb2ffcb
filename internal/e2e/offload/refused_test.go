package offload_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// XA10, XA16, XA24, XA28, XA29, XA41, XA45: no proxy sends anything but a regular file of the mount, and no response has
// the path of a file.
func TestOnlyRegularFilesOfTheMount(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		t.Run(m.title, func(t *testing.T) {
			t.Parallel()
			parent := filesDir(t)
			dir, private := filepath.Join(parent, "files"), filepath.Join(parent, "files-private")
			for _, d := range []string{filepath.Join(dir, "dir"), private} {
				require.NoError(t, os.MkdirAll(d, 0o755))
			}
			for name, content := range map[string]string{
				filepath.Join(dir, "ok.txt"): "ok", filepath.Join(dir, "ok.txt.attrs"): `{"sidecar":"secret"}`,
				filepath.Join(dir, "dir", "index.html"): "secret index", filepath.Join(private, "p.txt"): "secret",
			} {
				require.NoError(t, os.WriteFile(name, []byte(content), 0o644))
			}
			require.NoError(t, os.Symlink("../files-private/p.txt", filepath.Join(dir, "link")))
			storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?metadata=skip")
			require.NoError(t, err)
			storage.Keys = blobdownload.AnyKey
			t.Cleanup(func() { _ = storage.Bucket.Close() })
			o := m.optimizer(dir)
			require.NoError(t, proxy.Validate(o))
			h := (&blobdownload.Server{Optimizer: o, Logger: slog.New(slog.DiscardHandler)}).Handler(blobdownload.StorageView(storage, keyOf))
			base := frontOf(m.front).start(t, h, dir, "")
			resp, body := get(t, base+urlOf("ok.txt"))
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, "ok", body)
			for _, key := range []string{
				"dir", "dir/", "link", "ok.txt.attrs", "../files-private/p.txt", "..", ".", "", "/etc/passwd", "none",
				"dir/../../files-private/p.txt", "-private/p.txt", "ok.txt\x00.png", "./ok.txt/..",
			} {
				resp, body := get(t, base+urlOf(key))
				assert.GreaterOrEqual(t, resp.StatusCode, 400, "%q", key)
				assert.NotContains(t, body, "secret", "%q", key)
				for _, values := range resp.Header {
					for _, v := range values {
						assert.NotContains(t, v, dir, "%q", key)
						assert.NotContains(t, v, "/_files", "%q", key)
					}
				}
			}
		})
	}
}
