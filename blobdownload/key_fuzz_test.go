package blobdownload_test

import (
	"io"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// FuzzKey: an accepted key is a canonical path and selects one object in every local driver. A rejected key is never
// requested.
func FuzzKey(f *testing.F) {
	for _, key := range []string{
		"a", "a b", "a/b", "..hidden", "...", "a..b", "é", "e\u0301", "a%2Fb", "a[b]*?", `a\b`, "a__0x2f__b", "k.attrs", "~", "文",
		"", ".", "..", "/a", "a/", "a//b", "./a", "a/../b", "../other/secret", "\xff\xfe", "in\x00.png", "a\nb", "\x7f", strings.Repeat("k", 1025),
	} {
		f.Add(key)
	}
	mem := memblob.OpenBucket(nil)
	dir, err := fileblob.OpenBucket(f.TempDir(), &fileblob.Options{NoTempDir: true})
	require.NoError(f, err)
	f.Cleanup(func() { _ = mem.Close(); _ = dir.Close() })
	f.Fuzz(func(t *testing.T, key string) {
		for name, bucket := range map[string]*blob.Bucket{"mem": mem, "file": dir} {
			s := &blobdownload.Storage{Name: name, Bucket: wrapper.NewBucket(bucket)}
			file := s.File(key)
			if blobdownload.CanonicalKey(key) != nil {
				stored := bucket.WriteAll(t.Context(), key, []byte(key), nil) == nil // what is there under it must not be had
				_, err := file.Fetch(t.Context(), wrapper.Request{})
				require.ErrorIs(t, err, fs.ErrNotExist)
				if stored {
					require.NoError(t, bucket.Delete(t.Context(), key))
				}
				continue
			}
			assert.True(t, fs.ValidPath(key) && utf8.ValidString(key) && len(key) <= 1024 && !strings.ContainsAny(key, "\x00\r\n\x7f"), "%q", key)
			if bucket.WriteAll(t.Context(), key, []byte(key), nil) != nil {
				continue // the driver has no such key: too long for the disk, below a file, or reserved
			}
			resp, err := file.Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err, "%s %q", name, key)
			if resp.Body != nil { // an empty key has no content; no key is empty
				content, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, key, string(content))
			}
			require.NoError(t, resp.Close())
			require.NoError(t, bucket.Delete(t.Context(), key))
		}
	})
}
