package blobdownload_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// A name that no file can have is missing, and no error of the server's.
func TestW7NamesThatAreTooLongForAFileAreMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	storage, err := blobdownload.OpenStorage(t.Context(), "file://"+filepath.ToSlash(dir))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, storage.Close(context.WithoutCancel(t.Context()))) })
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, root.Close()) })
	for view, v := range map[string]blobdownload.View{
		"storage": blobdownload.StorageView(storage, blobdownload.PathValue("name")),
		"path":    blobdownload.PathView(root, blobdownload.PathValue("name")),
	} {
		var log bytes.Buffer
		mux := http.NewServeMux()
		mux.Handle("/{name...}", (&blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Handler(v))
		for _, name := range []string{
			strings.Repeat("x", 300), "dir/" + strings.Repeat("x", 300), strings.Repeat("%E6%BC%A2", 100), strings.Repeat("dir/", 1500) + "x",
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/"+name, http.NoBody))
				assert.Equal(t, http.StatusNotFound, w.Code, "%s %s %.20s", view, method, name)
			}
		}
		assert.NotContains(t, log.String(), "level=ERROR", view)
	}
}
