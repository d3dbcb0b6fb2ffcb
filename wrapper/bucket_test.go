package wrapper_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func openBucket(t *testing.T, rawURL string) *wrapper.Bucket {
	t.Helper()
	b, err := wrapper.OpenBucket(t.Context(), rawURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestEveryBucketHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := "file://" + t.TempDir() + "?no_tmp_dir=true"
	foreign := memblob.OpenBucket(nil)
	t.Cleanup(func() { assert.NoError(t, foreign.Close()) })
	seen := map[string]int{}
	for i, b := range []*wrapper.Bucket{
		openBucket(t, dir), openBucket(t, dir), openBucket(t, dir+"&prefix=in/"), openBucket(t, "mem://"), openBucket(t, "mem://"),
		wrapper.NewBucket(foreign), openBucket(t, dir+"&key=k"),
	} {
		id := b.ID()
		assert.NotContains(t, seen, id, "bucket %d", i)
		assert.NotContains(t, id, "?", "a query may hold secrets")
		seen[id] = i
		assert.Equal(t, id, b.ID())
		assert.Equal(t, id, wrapper.NewBucket(b.Bucket).ID())
		assert.Equal(t, id, (&wrapper.Bucket{Bucket: b.Bucket}).ID())
		assert.Equal(t, wrapper.Location{Bucket: id, Key: "k"}, b.File("k").Location())
		assert.Equal(t, wrapper.Location{Bucket: id, Key: "k"}, wrapper.Blob(b.Bucket, "k").Location())
	}
}

// Two tenants may both name their storage docs, and share one cache.
func TestInfoCacheDistinguishesBucketsOfOneStoreName(t *testing.T) {
	t.Parallel()
	cache := wrapper.NewInfoCache(10, time.Hour)
	for _, content := range []string{"a", "bbb"} {
		b := openBucket(t, "mem://")
		require.NoError(t, b.WriteAll(t.Context(), "k", []byte(content), nil))
		f := b.File("k").WithStore("docs").WithInfoCache(cache)
		for range 2 { // from the storage, then from the cache
			resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
			require.NoError(t, err)
			assert.Equal(t, int64(len(content)), resp.Info.Size)
		}
	}
}

func TestDirectoryBucketReadsThroughItsRoot(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "in"), 0o700))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "in", "link")))
	b := openBucket(t, "file://"+dir+"?no_tmp_dir=true&prefix=in/")
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte(digits), &blob.WriterOptions{ContentType: "text/csv"}))
	for name, file := range map[string]func(key string) *wrapper.File{
		"File": b.File,
		"Blob": func(key string) *wrapper.File { return wrapper.Blob(b.Bucket, key) },
	} {
		got, err := fetchAll(t, file("k"), wrapper.Request{})
		require.NoError(t, err, name)
		assert.Equal(t, digits, string(got), name)
		info, err := file("k").Stat(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, "text/csv", info.ContentType, name)
		for _, key := range []string{"link", "k.attrs", "", "\xff"} {
			_, err := file(key).Fetch(t.Context(), wrapper.Request{})
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %q", name, key)
		}
	}
}

func TestCheckKey(t *testing.T) {
	t.Parallel()
	mem, dir := openBucket(t, "mem://"), openBucket(t, "file://"+t.TempDir()+"?no_tmp_dir=true")
	for key, valid := range map[string]struct{ mem, dir bool }{
		"k": {true, true}, "k.attrs": {true, false}, "": {}, "\xff": {},
	} {
		for name, got := range map[string]struct {
			err   error
			valid bool
		}{"mem": {mem.CheckKey(key), valid.mem}, "dir": {dir.CheckKey(key), valid.dir}} {
			if got.valid {
				require.NoError(t, got.err, "%s %q", name, key)
			} else {
				require.ErrorIs(t, got.err, fs.ErrNotExist, "%s %q", name, key)
			}
		}
	}
}

func TestCheckFailsWithoutTheDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	_, err := wrapper.OpenBucket(t.Context(), "file://"+dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.Mkdir(dir, 0o700))
	b := openBucket(t, "file://"+dir)
	require.NoError(t, b.Check(t.Context()))
	require.NoError(t, os.Remove(dir))
	require.ErrorIs(t, b.Check(t.Context()), fs.ErrNotExist)
}

func TestCloseOfADirectoryBucketClosesItsRoot(t *testing.T) {
	t.Parallel()
	b := openBucket(t, "file://"+t.TempDir()+"?no_tmp_dir=true")
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte(digits), nil))
	require.NoError(t, b.Close())
	_, err := b.File("k").Open(t.Context(), 0, -1)
	require.ErrorIs(t, err, fs.ErrClosed)
}
