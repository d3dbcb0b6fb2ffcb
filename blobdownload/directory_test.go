package blobdownload_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func openDirectory(t *testing.T, dir string) *blobdownload.Storage {
	t.Helper()
	s, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+filepath.ToSlash(dir)+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return s
}

// No t.Parallel: the test replaces the default logger.
func TestW20InvalidAttributesAreIgnored(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	for name, attributes := range map[string]string{
		"empty": "", "half": `{"user.content_type":"text/`, "foreign text": "owner=alice", "foreign JSON": `["a"]`, "number": `{"user.content_type":5}`,
	} {
		dir := t.TempDir()
		writeFile(t, dir, "a.csv", []byte(story))
		writeFile(t, dir, "a.csv.attrs", []byte(attributes))
		s := openDirectory(t, dir)
		log.Reset()
		for range 3 {
			resp := exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key=a.csv")
			require.Equal(t, 200, resp.StatusCode, name)
			assert.Equal(t, story, bodyText(t, resp), name)
			assert.Equal(t, "text/csv; charset=utf-8", resp.Header.Get("Content-Type"), name)
			assert.NotEmpty(t, resp.Header.Get("ETag"), name)
		}
		assert.Equal(t, 1, strings.Count(log.String(), "a.csv.attrs"), "%s: %s", name, log.String())
		assert.Equal(t, 404, exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key=b").StatusCode, name)
	}
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		writeFile(t, dir, "a.csv", []byte(story))
		require.NoError(t, os.Mkdir(filepath.Join(dir, "a.csv.attrs"), 0o700))
		resp := exchange(t, quietServer().Handler(blobdownload.StorageView(openDirectory(t, dir), queryKey)), "GET", "/?key=a.csv")
		assert.Equal(t, 200, resp.StatusCode)
	})
}

// Another program replaced the file, and left the attributes of the version before.
func TestW20ChecksumOfAnEarlierFileIsIgnored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openDirectory(t, dir)
	require.NoError(t, s.Bucket.WriteAll(t.Context(), "a.csv", []byte("before"), &blob.WriterOptions{ContentType: "text/csv"}))
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "a.csv.attrs"), old, old))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.csv"), []byte("after!"), 0o600))
	resp := exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key=a.csv", "Want-Repr-Digest", "md5=1")
	assert.Equal(t, "after!", bodyText(t, resp))
	assert.NotContains(t, resp.Header, "Repr-Digest")
}

func TestW21DirectoryThatIsGoneIs503(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "docs")
	write := func(to, content string) {
		require.NoError(t, os.Mkdir(to, 0o700))
		writeFile(t, to, "a", []byte(content))
	}
	write(dir, "first")
	s := openDirectory(t, dir)
	h := quietServer().Handler(blobdownload.StorageView(s, queryKey))
	offload := offloadingServer(blobdownload.AppValidators).Handler(blobdownload.StorageView(s, queryKey))
	sent := func() string { return bodyText(t, exchange(t, h, "GET", "/?key=a")) }
	require.Equal(t, "first", sent())

	require.NoError(t, os.Rename(dir, dir+".old"))
	for _, key := range []string{"a", "none"} {
		assert.Equal(t, 503, exchange(t, h, "GET", "/?key="+key).StatusCode)
		assert.Equal(t, 503, exchange(t, h, "HEAD", "/?key="+key).StatusCode)
		assert.Equal(t, 503, exchange(t, offload, "GET", "/?key="+key).StatusCode)
	}
	require.Error(t, s.Check(t.Context()))

	require.NoError(t, os.Rename(dir+".old", dir))
	assert.Equal(t, "first", sent(), "the same one is back")
	require.NoError(t, s.Check(t.Context()))

	write(dir+".new", "second")
	require.NoError(t, os.Rename(dir, dir+".old"))
	require.NoError(t, os.Rename(dir+".new", dir))
	assert.Equal(t, "second", sent(), "replaced by rename")
	assert.Equal(t, 404, exchange(t, h, "GET", "/?key=none").StatusCode)

	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	assert.Equal(t, 503, exchange(t, h, "GET", "/?key=a").StatusCode, "a file in its place")
}

func TestW21ReplacedDirectoriesAreClosed(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "docs")
	require.NoError(t, os.Mkdir(dir, 0o700))
	writeFile(t, dir, "a", []byte("content"))
	s := openDirectory(t, dir)
	h := quietServer().Handler(blobdownload.StorageView(s, queryKey))
	for range 20 {
		require.NoError(t, os.Mkdir(dir+".new", 0o700))
		writeFile(t, dir+".new", "a", []byte("content"))
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.Rename(dir+".new", dir))
		require.Equal(t, 200, exchange(t, h, "GET", "/?key=a").StatusCode)
	}
	assert.LessOrEqual(t, openFiles(t, parent), 1, "one directory")
	require.NoError(t, s.Close(t.Context()))
	assert.Zero(t, openFiles(t, parent))
}
