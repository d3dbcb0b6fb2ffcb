package archive_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// BenchmarkFastStore compares archives of 1,000 objects of a real S3 server, on the same machine, with the objects, which are
// read one after the other. An archive describes its members too.
func BenchmarkFastStore(b *testing.B) {
	const n, size = 1000, 64 << 10
	bucket, err := wrapper.OpenBucket(b.Context(), s3server.Start(b).URL(s3server.BucketName))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, bucket.Close()) })
	var members []archive.Member
	for i := range n {
		key := fmt.Sprintf("%04d", i)
		require.NoError(b, bucket.WriteAll(b.Context(), key, bytes.Repeat([]byte{byte(i)}, size), nil))
		members = append(members, archive.Member{File: bucket.File(key)})
	}
	read := func(b *testing.B, f *wrapper.File) {
		b.Helper()
		resp, err := f.Fetch(b.Context(), wrapper.Request{})
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, struct{ io.Reader }{resp.Body})
		require.NoError(b, err)
		require.NoError(b, resp.Close())
	}
	for name, f := range map[string]*wrapper.File{"zip": archive.Zip("x", members...), "tar": archive.Tar("x", members...)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(n * size)
			for b.Loop() {
				read(b, f)
			}
		})
	}
	b.Run("objects", func(b *testing.B) {
		b.SetBytes(n * size)
		for b.Loop() {
			for _, m := range members {
				read(b, m.File)
			}
		}
	})
}
