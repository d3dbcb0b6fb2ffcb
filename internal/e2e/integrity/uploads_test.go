package integrity_test

import (
	"bytes"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// upload stores content with a checksum of the algorithm.
type upload func(t *testing.T, s *s3server.Server, key string, content []byte, alg types.ChecksumAlgorithm)

// goCDK is the Writer of a bucket: parts of 8 MiB.
func goCDK(t *testing.T, s *s3server.Server, key string, content []byte, alg types.ChecksumAlgorithm) {
	t.Helper()
	require.NoError(t, s.Bucket(t).Upload(t.Context(), key, bytes.NewReader(content), &blob.WriterOptions{
		ContentType: "text/plain",
		BeforeWrite: func(as func(any) bool) error {
			var in *transfermanager.UploadObjectInput
			if as(&in) {
				in.ChecksumAlgorithm = tmtypes.ChecksumAlgorithm(alg)
			}
			return nil
		},
	}))
}

// transferManager is the multipart manager of the AWS SDK, with parts of a size.
func transferManager(partSize int64) upload {
	return func(t *testing.T, s *s3server.Server, key string, content []byte, alg types.ChecksumAlgorithm) {
		t.Helper()
		manager := transfermanager.New(s.Client(), func(o *transfermanager.Options) { o.PartSizeBytes = partSize })
		_, err := manager.UploadObject(t.Context(), &transfermanager.UploadObjectInput{
			Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content),
			ChecksumAlgorithm: tmtypes.ChecksumAlgorithm(alg),
		})
		require.NoError(t, err)
	}
}

// onePut is a PutObject.
func onePut(t *testing.T, s *s3server.Server, key string, content []byte, alg types.ChecksumAlgorithm) {
	t.Helper()
	_, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content), ChecksumAlgorithm: alg,
	})
	require.NoError(t, err)
}

// multipart is a CreateMultipartUpload with parts whose sizes are shares of the whole. A kind of "" is the default.
func multipart(kind types.ChecksumType, cut func(size int) (parts []int)) upload {
	return func(t *testing.T, s *s3server.Server, key string, content []byte, alg types.ChecksumAlgorithm) {
		t.Helper()
		c, bucket := s.Client(), aws.String(s3server.BucketName)
		created, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
			Bucket: bucket, Key: &key, ChecksumAlgorithm: alg, ChecksumType: kind,
		})
		require.NoError(t, err)
		var parts []types.CompletedPart
		for i, n := range cut(len(content)) {
			number := aws.Int32(int32(i + 1))
			up, err := c.UploadPart(t.Context(), &s3.UploadPartInput{
				Bucket: bucket, Key: &key, UploadId: created.UploadId, PartNumber: number,
				Body: bytes.NewReader(content[:n]), ChecksumAlgorithm: alg,
			})
			require.NoError(t, err)
			content = content[n:]
			parts = append(parts, types.CompletedPart{
				ETag: up.ETag, PartNumber: number, ChecksumCRC32: up.ChecksumCRC32, ChecksumCRC32C: up.ChecksumCRC32C,
				ChecksumCRC64NVME: up.ChecksumCRC64NVME, ChecksumSHA1: up.ChecksumSHA1, ChecksumSHA256: up.ChecksumSHA256,
			})
		}
		require.Empty(t, content)
		_, err = c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: &key, UploadId: created.UploadId, ChecksumType: kind,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		require.NoError(t, err)
	}
}

// uneven are three parts that no size divides: 5, 6 and 5 of 16 MiB, and 31.25, 37.5 and 31.25 of 100 MiB.
func uneven(size int) []int {
	first, second := 5*size/16, 6*size/16
	return []int{first, second, size - first - second}
}

// odd are parts whose size is a multiple of nothing.
func odd(size int) (parts []int) {
	const part = 5<<20 + 12345
	for ; size > part; size -= part {
		parts = append(parts, part)
	}
	return append(parts, size)
}

// equalFirst are four parts of which only the last two differ.
func equalFirst(size int) []int {
	return []int{5 << 20, 5 << 20, size - 16<<20 + 5<<20 - 3<<16, 1<<20 + 3<<16}
}
