package s3server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestObjectIsAPlainFile(t *testing.T) {
	t.Parallel()
	if s3server.MinIO() {
		t.Skip("MinIO stores objects in a form of its own")
	}
	s := s3server.Start(t)
	b := s.Bucket(t)
	require.NoError(t, b.WriteAll(t.Context(), "a/b c.txt", []byte("hello"), &blob.WriterOptions{ContentType: "text/plain"}))

	got, err := b.ReadAll(t.Context(), "a/b c.txt")
	require.NoError(t, err)
	assert.Equal(t, "hello", string(got))
	attrs, err := b.Attributes(t.Context(), "a/b c.txt")
	require.NoError(t, err)
	assert.Equal(t, "text/plain", attrs.ContentType)

	onDisk, err := os.ReadFile(filepath.Join(s.Root, s3server.BucketName, "a", "b c.txt"))
	require.NoError(t, err)
	assert.Equal(t, "hello", string(onDisk))
}

func TestServersAreApart(t *testing.T) {
	t.Parallel()
	before, err := os.Getwd()
	require.NoError(t, err)
	one, two := s3server.Start(t), s3server.Start(t)
	require.NoError(t, one.Bucket(t).WriteAll(t.Context(), "k", []byte("1"), nil))
	exists, err := two.Bucket(t).Exists(t.Context(), "k")
	require.NoError(t, err)
	assert.False(t, exists)
	after, err := os.Getwd()
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestWrongSecretIsRefused(t *testing.T) {
	t.Parallel()
	s := s3server.Start(t)
	opts := s.Client().Options()
	opts.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: s3server.AccessKey, SecretAccessKey: "wrong"}, nil
	})
	_, err := s3.New(opts).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(s3server.BucketName)})
	var answer *awshttp.ResponseError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, http.StatusForbidden, answer.HTTPStatusCode())
}

func TestVersions(t *testing.T) {
	t.Parallel()
	s := s3server.Start(t)
	s.CreateBucket(t, "versioned")
	s.Version(t, "versioned")
	var ids []string
	for _, body := range []string{"old", "new"} {
		out, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("versioned"), Key: aws.String("k"), Body: strings.NewReader(body),
		})
		require.NoError(t, err)
		ids = append(ids, aws.ToString(out.VersionId))
	}
	out, err := s.Client().GetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("versioned"), Key: aws.String("k"), VersionId: &ids[0],
	})
	require.NoError(t, err)
	got, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	require.NoError(t, out.Body.Close())
	assert.Equal(t, "old", string(got))
}

func TestStopLeavesNoListener(t *testing.T) {
	t.Parallel()
	s := s3server.Start(t)
	s.Stop()
	_, err := net.Dial("tcp", strings.TrimPrefix(s.Endpoint, "http://"))
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
}
