package network_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

type s3Store struct{ *s3server.Server }

func startS3(t *testing.T) store { return s3Store{s3server.Start(t)} }

func (s s3Store) addr() string { return strings.TrimPrefix(s.Endpoint, "http://") }

func (s s3Store) open(t *testing.T, addr string, way *http.Transport) *blob.Bucket {
	t.Helper()
	options := s.Client().Options()
	options.BaseEndpoint = aws.String("http://" + addr)
	options.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
	options.HTTPClient = &http.Client{Transport: way}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	return b
}

// put stores an object with one request, because a multipart object has a checksum of checksums. It sends a
// checksum, because MinIO computes none; AWS and versitygw do.
func (s s3Store) put(t testing.TB, key string, content []byte) {
	t.Helper()
	_, err := s.Client().PutObject(context.WithoutCancel(t.Context()), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c,
	})
	require.NoError(t, err)
}
