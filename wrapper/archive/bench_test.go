package archive_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// A fast store: the archives compared with the objects, which are described and read one after the other.
func BenchmarkFastStore(b *testing.B) {
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	b.Cleanup(func() { require.NoError(b, bucket.Close()) })
	var members []archive.Member
	for key, content := range numbered(1000, 64<<10) {
		require.NoError(b, bucket.WriteAll(b.Context(), key, []byte(content), nil))
		members = append(members, archive.Member{File: bucket.File(key)})
	}
	buf := make([]byte, 256<<10)
	read := func(b *testing.B, f *wrapper.File) {
		b.Helper()
		resp, err := f.Fetch(b.Context(), wrapper.Request{})
		require.NoError(b, err)
		_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{resp.Body}, buf)
		require.NoError(b, err)
		require.NoError(b, resp.Close())
	}
	for name, f := range map[string]*wrapper.File{"zip": archive.Zip("x", members...), "tar": archive.Tar("x", members...)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(1000 * 64 << 10)
			for b.Loop() {
				read(b, f)
			}
		})
	}
	b.Run("objects", func(b *testing.B) {
		b.SetBytes(1000 * 64 << 10)
		for b.Loop() {
			for _, m := range members {
				read(b, m.File)
			}
		}
	})
}
