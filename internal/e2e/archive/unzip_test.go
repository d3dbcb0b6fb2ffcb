// Package archive_test unpacks archives with the programs that users have.
package archive_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Info-ZIP unpacks a zip of S3 objects without a warning.
func TestUnzipUnpacksAnArchive(t *testing.T) {
	t.Parallel()
	unzip, err := exec.LookPath("unzip")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("unzip not installed (package unzip)")
		}
		t.Skip("unzip not installed (package unzip)")
	}
	s, err := blobdownload.OpenStorage(t.Context(), s3server.Start(t).URL(s3server.BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
	content := map[string]string{"a.txt": strings.Repeat("a", 100_000), "dir/b é.txt": "b", "empty": ""}
	var entries []wrapper.ZipEntry
	for key, text := range content {
		require.NoError(t, s.Bucket.WriteAll(t.Context(), key, []byte(text), nil))
		f := s.File(key).WithInfo(wrapper.Info{Size: int64(len(text)), ModTime: time.Unix(1_700_000_000, 0)})
		entries = append(entries, wrapper.ZipEntry{Name: key, File: f, Deflate: key == "a.txt"})
	}
	front := httptest.NewServer(new(blobdownload.Server).Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Zip("all.zip", entries...), nil
	})))
	t.Cleanup(front.Close)
	resp, err := front.Client().Get(front.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, "application/zip", resp.Header.Get("Content-Type"))
	dir := t.TempDir()
	archive, err := os.Create(filepath.Join(dir, "all.zip"))
	require.NoError(t, err)
	_, err = io.Copy(archive, resp.Body)
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	cmd := exec.CommandContext(t.Context(), unzip, "-q", "all.zip")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for key, want := range content {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(key)))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), key)
	}
}
