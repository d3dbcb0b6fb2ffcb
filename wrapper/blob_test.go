package wrapper_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func buckets(t *testing.T) map[string]*blob.Bucket {
	t.Helper()
	file, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	base := memblob.OpenBucket(nil)
	all := map[string]*blob.Bucket{"mem": memblob.OpenBucket(nil), "file": file, "prefixed": blob.PrefixedBucket(base, "in/")}
	for _, b := range all {
		t.Cleanup(func() { assert.NoError(t, b.Close()) })
	}
	return all
}

func TestBlob(t *testing.T) {
	for name, b := range buckets(t) {
		t.Run(name, func(t *testing.T) {
			content := strings.Repeat(digits, 1000)
			require.NoError(t, b.WriteAll(t.Context(), "a/b.txt", []byte(content), &blob.WriterOptions{
				ContentType: "text/x-log", CacheControl: "max-age=5", ContentLanguage: "en",
			}))
			require.NoError(t, b.WriteAll(t.Context(), "empty", nil, nil))
			f := wrapper.Blob(b, "a/b.txt").WithStore("docs")
			assert.Equal(t, "a/b.txt", f.Name())
			assert.Equal(t, "b.txt", f.Base())
			assert.Equal(t, wrapper.Location{Store: "docs", Bucket: wrapper.NewBucket(b).ID(), Key: "a/b.txt"}, f.Location())

			info, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.Equal(t, int64(len(content)), info.Size)
			assert.Equal(t, "text/x-log", info.ContentType)
			assert.Equal(t, "max-age=5", info.CacheControl)
			assert.Equal(t, "en", info.ContentLanguage)
			assert.Regexp(t, `^"[0-9a-f]+-[0-9a-f]+"$`, info.ETag)
			assert.Equal(t, "md5", info.Digests[0].Algorithm)

			resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=5-14", IfRange: info.ETag})
			require.NoError(t, err)
			assert.Equal(t, content[5:15], readAll(t, resp.Body))
			resp, err = f.Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, content, readAll(t, resp.Body))

			resp, err = wrapper.Blob(b, "empty").Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			assert.Nil(t, resp.Body)

			for _, key := range []string{"missing", "", "\xff\xfe", "a/b.txt/c", strings.Repeat("x", 5000), "../etc/passwd"} {
				_, err = wrapper.Blob(b, key).Fetch(t.Context(), wrapper.Request{})
				assert.ErrorIs(t, err, fs.ErrNotExist, "%.20q", key)
			}
		})
	}
}

func TestReaderOfAnOverwrittenBlobFailsWithErrChanged(t *testing.T) {
	for name, b := range buckets(t) {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, b.WriteAll(t.Context(), "k", []byte(strings.Repeat("A", 5000)), nil))
			r := wrapper.Blob(b, "k").Reader(t.Context())
			_, err := io.ReadFull(r, make([]byte, 10))
			require.NoError(t, err)
			require.NoError(t, b.WriteAll(t.Context(), "k", []byte(strings.Repeat("B", 5001)), nil))
			_, err = r.Seek(100, io.SeekStart)
			require.NoError(t, err)
			_, err = io.ReadAll(r)
			assert.ErrorIs(t, err, wrapper.ErrChanged)
			require.NoError(t, r.Close())
		})
	}
}

func TestBlobRefusesOptionsThatThePortableAPICannotSign(t *testing.T) {
	b := memblob.OpenBucket(nil)
	defer func() { require.NoError(t, b.Close()) }()
	_, err := wrapper.Blob(b, "k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = wrapper.Blob(b, "k").SignedURL(t.Context(), wrapper.SignOptions{ContentType: "text/plain"})
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

// Known metadata may have a size and no validator. The first part then names the version of the others.
func TestI9PartsAreOfOneVersionIfOnlyTheSizeIsKnown(t *testing.T) {
	t.Parallel()
	eachWritable(t, func(t *testing.T, b *blob.Bucket) {
		const size = 1 << 20 // near ranges are joined
		require.NoError(t, b.WriteAll(t.Context(), "k", bytes.Repeat([]byte("a"), size), nil))
		f := wrapper.Blob(b, "k").WithInfo(wrapper.Info{Size: size})
		resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-0,-1"})
		require.NoError(t, err)
		require.Len(t, resp.Ranges, 2)
		first, err := resp.Part(0)
		require.NoError(t, err)
		assert.Equal(t, "a", readAll(t, first))
		require.NoError(t, b.WriteAll(t.Context(), "k", bytes.Repeat([]byte("b"), size), nil))
		second, err := resp.Part(1)
		if err == nil {
			_, err = io.ReadAll(second)
			require.NoError(t, second.Close())
		}
		require.ErrorIs(t, err, wrapper.ErrChanged)
	})
}
