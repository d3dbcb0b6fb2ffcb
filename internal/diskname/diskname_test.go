package diskname_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/internal/diskname"
)

// The driver itself is the oracle.
func TestOfKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"plain.txt", "dir/a b.txt", "a../b", "..a/b", "a//b", "a///b", "trailing/", "c\x01d", "new\nline", "tab\t", "__0x41__", "x__0x2f__y",
		"___0x41__", "naïve 文.txt", "100%", "q?h#", `back\slash`, "x/../y", "../z", "dot./b", "...", "a.../b", "_", "__", "__0", "\x7f",
		"__0x", "a__0xzz__b", "__0x41", "__0x41_", "__0x__", "__0x-1__", "__0x+1__", "__0xffffffff__", "__0x7fffffff__", "__0x41__0x42__", "__0xé__",
	} {
		dir := t.TempDir()
		b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
		require.NoError(t, err)
		require.NoError(t, b.WriteAll(t.Context(), key, []byte("x"), nil), "%q", key)
		require.NoError(t, b.Close())
		var got []string
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, err := filepath.Rel(dir, path)
				got = append(got, rel)
				return err
			}
			return err
		}))
		assert.Equal(t, []string{diskname.OfKey(key)}, got, "%q", key)
	}
}
