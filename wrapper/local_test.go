package wrapper_test

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// cloudDriver is the driver of a cloud without an imported provider package.
type cloudDriver struct{ driver.Bucket }

func (cloudDriver) As(any) bool  { return false }
func (cloudDriver) Close() error { return nil }

// near is a third party's source that is local.
type near struct{ *countingSource }

func (near) Local() bool { return true }

func dirBucket(t *testing.T) *blob.Bucket {
	t.Helper()
	b, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	return b
}

func TestLocal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "k"), []byte(digits), 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	inDir, err := wrapper.OpenBucket(t.Context(), "file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = inDir.Close() })
	all := buckets(t)
	ownedBy := func(whole func(*blob.Bucket, string) *blob.Bucket, b *blob.Bucket) *wrapper.File {
		outer := whole(b, "in/")
		t.Cleanup(func() { assert.NoError(t, outer.Close()) })
		return wrapper.Blob(outer, "k")
	}
	cloud := blob.NewBucket(cloudDriver{})
	t.Cleanup(func() { assert.NoError(t, cloud.Close()) })
	for name, tc := range map[string]struct {
		file *wrapper.File
		want bool
	}{
		"memory":               {wrapper.Bytes("k", []byte(digits)), true},
		"file system":          {wrapper.FS(fstest.MapFS{}, "k"), true},
		"path under a root":    {wrapper.Root(root, "k"), true},
		"object in a root":     {inDir.File("k"), true},
		"fileblob":             {wrapper.Blob(all["file"], "k"), true},
		"fileblob, prefixed":   {ownedBy(blob.PrefixedBucket, dirBucket(t)), true},
		"fileblob, one key":    {ownedBy(blob.SingleKeyBucket, dirBucket(t)), true},
		"memblob":              {wrapper.Blob(all["mem"], "k"), false},
		"invalid":              {wrapper.Invalid("k", fs.ErrNotExist), true},
		"cloud":                {wrapper.Blob(cloud, "k"), false},
		"cloud, prefixed":      {ownedBy(blob.PrefixedBucket, blob.NewBucket(cloudDriver{})), false},
		"provider's bucket":    {newFaultyStore(t, nil).file(), false},
		"remote":               {wrapper.URL(http.DefaultClient, "http://127.0.0.1/k"), false},
		"generated":            {wrapper.Func("k", func(context.Context, io.Writer) error { return nil }), false},
		"sequence":             {wrapper.Seq("k", func(func([]byte, error) bool) {}), false},
		"third party":          {wrapper.New("k", newCountingSource(digits)), false},
		"third party, local":   {wrapper.New("k", near{newCountingSource(digits)}), true},
		"with further methods": {wrapper.Blob(all["file"], "k").WithStore("docs").WithInfo(wrapper.Info{Size: 3}), true},
	} {
		assert.Equal(t, tc.want, tc.file.Local(), name)
	}
}
