package wrapper_test

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Z1: an object that is stored under gzip does not become an entry of coded bytes under the plain name.
func TestZ1CodedEntryFailsTheArchive(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.NoError(t, b.WriteAll(t.Context(), "a.txt", []byte("coded"), &blob.WriterOptions{ContentEncoding: "gzip"}))
	r, err := wrapper.Zip("a.zip", wrapper.ZipEntry{File: wrapper.Blob(b, "a.txt")}).Open(t.Context(), 0, -1)
	require.NoError(t, err)
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, `"a.txt": stored with Content-Encoding "gzip"`)
}

// Materialized content that is not stored yet has no validator: the stored object will have another one.
func TestMaterializedHasNoValidatorOfItsSource(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.NoError(t, b.WriteAll(t.Context(), "source", []byte("content"), nil))
	f := materialized(wrapper.Blob(b, "source"), b, "kept")
	head, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	for _, got := range []wrapper.Info{head.Info, info} {
		require.Empty(t, got.ETag)
		require.Zero(t, got.ModTime)
		require.EqualValues(t, 7, got.Size)
	}
}
