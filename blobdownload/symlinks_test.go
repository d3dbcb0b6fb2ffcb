//go:build unix

package blobdownload_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestSymlinksCannotEscapeTheDirectory(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "in", "sub"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "a.."), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "real"), []byte("real"), 0o600))
	for link, target := range map[string]string{
		"relative": "../../" + filepath.Base(outside) + "/secret", "absolute": filepath.Join(outside, "secret"),
		"device": "/dev/zero", "self": "self", "inside": "real",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, "in", link)))
	}
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "in", "dir")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "in", "pipe"), 0o600))

	for spec, prefix := range map[string]string{"file://" + dir: "in/", "file://" + dir + "?prefix=in/": ""} {
		s, err := blobdownload.OpenStorage(t.Context(), spec)
		require.NoError(t, err)
		var server blobdownload.Server
		for key, want := range map[string]int{
			"relative": 404, "absolute": 404, "device": 404, "self": 404, "dir/secret": 404, "pipe": 404, "sub": 404,
			"inside": 200, "real": 200, "a..": 200,
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				rec := httptest.NewRecorder()
				view := blobdownload.StorageView(s, func(*http.Request) string { return prefix + key })
				server.Handler(view).ServeHTTP(rec, httptest.NewRequest(method, "/", http.NoBody))
				assert.Equal(t, want, rec.Code, "%s %s %s", spec, method, key)
			}
		}
		require.NoError(t, s.Close(t.Context()))
	}
}
