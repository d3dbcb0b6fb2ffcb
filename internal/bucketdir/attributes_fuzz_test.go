package bucketdir_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/internal/bucketdir"
)

// FuzzAttributes: attributes that fileblob reads are read as fileblob does, except for an MD5 that is older than the file. Others
// are an error, or fileblob rejects them for a field that is not used here.
func FuzzAttributes(f *testing.F) {
	for _, content := range []string{
		`{"user.cache_control":"no-store","user.content_disposition":"inline","user.content_encoding":"gzip","user.content_language":"de",` +
			`"user.content_type":"text/plain","user.metadata":{"k":"v"},"md5":"AQI="}`,
		`{}`, `null`, ``, `{`, `[]`, `{"user.content_type":5}`, `{"user.metadata":5}`, `{"md5":""}`, `{"md5":"?"}`, `{"md5":null}`,
		`{"USER.CONTENT_TYPE":"a","user.content_type":"b"}`, `{"user.content_type":"a"} and more`, "{\"user.content_type\":\"\xff\"}",
	} {
		f.Add([]byte(content), false)
		f.Add([]byte(content), true)
	}
	dir := f.TempDir()
	file := filepath.Join(dir, "k")
	require.NoError(f, os.WriteFile(file, nil, 0o600))
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	require.NoError(f, err)
	f.Cleanup(func() { _ = bucket.Close() })
	d := openDirectory(f, dir, "")
	stored := time.Now()
	f.Fuzz(func(t *testing.T, content []byte, replaced bool) {
		require.NoError(t, os.WriteFile(file+".attrs", content, 0o600))
		require.NoError(t, os.Chtimes(file+".attrs", stored, stored))
		written := stored
		if replaced {
			written = stored.Add(time.Second)
		}
		root, err := d.Acquire()
		require.NoError(t, err)
		defer d.Release()
		read, gotErr := bucketdir.ReadAttributes(root, "k", written)
		want, err := bucket.Attributes(t.Context(), "k")
		if gotErr != nil {
			assert.Error(t, err, "fileblob reads %q", content)
			assert.Nil(t, read)
			return
		}
		got := *read
		if replaced {
			assert.Nil(t, got.MD5)
		}
		if err != nil {
			assert.ErrorContains(t, err, "user.metadata", "%q", content)
			return
		}
		if !replaced {
			assert.Equal(t, string(want.MD5), string(got.MD5))
		}
		got.MD5 = nil
		assert.Equal(t, bucketdir.Attributes{
			CacheControl: want.CacheControl, ContentDisposition: want.ContentDisposition, ContentEncoding: want.ContentEncoding,
			ContentLanguage: want.ContentLanguage, ContentType: want.ContentType,
		}, got)
	})
}
