package s3server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // the s3 scheme
)

// The credentials, region and bucket of every server.
const (
	AccessKey  = "test"
	SecretKey  = "testtest"
	Region     = "us-east-1"
	BucketName = "bkt" // the bucket that Start makes
)

// Server is a running S3 server.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT
	Root     string // the object KEY of BUCKET is the file Root/BUCKET/KEY, except with MinIO

	stop func() error
}

// Run runs a server with one empty bucket, BucketName, until Close, for a program that is no test. It stores
// objects in root and versions, two empty directories. It sets Env for the whole process.
func Run(ctx context.Context, root, versions string) (*Server, error) {
	setEnv()
	s := &Server{Root: root}
	addr, err := s.run(versions)
	if err != nil {
		return nil, err
	}
	s.Endpoint = "http://" + addr
	bucket := BucketName
	if _, err := s.Client().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Start runs a server with one empty bucket, BucketName, until the test ends. It sets Env for the whole process.
// The values are the same each time, so it is safe in parallel tests.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := Run(t.Context(), t.TempDir(), t.TempDir())
	require.NoError(t, err, "s3server did not start")
	stop := s.stop
	s.stop = sync.OnceValue(func() error {
		err := stop()
		if err != nil {
			t.Error(err)
		}
		return err
	})
	t.Cleanup(s.Stop)
	return s
}

// run starts the child, sets s.stop and returns the child's address.
func (s *Server) run(versions string) (addr string, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	var log bytes.Buffer
	cmd := exec.Command(exe) // not of a context: it lives until it is stopped
	cmd.Env = append(os.Environ(), rootVar+"="+s.Root, versionsVar+"="+versions)
	cmd.Stderr = &log
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}

	s.stop = sync.OnceValue(func() error {
		_ = stdin.Close()
		hung := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		defer hung.Stop()
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("s3server: %w\n%s", err, &log)
		}
		return nil
	})

	addr, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", errors.Join(err, s.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return strings.TrimSpace(addr), nil
}

// Stop stops the server and waits for its end. The end of the test calls it, too.
func (s *Server) Stop() { _ = s.stop() }

// Close is Stop with the error of the server.
func (s *Server) Close() error { return s.stop() }

// URL returns the URL of a bucket for blob.OpenBucket.
func (s *Server) URL(bucket string) string {
	return "s3://" + bucket + "?" + url.Values{
		"endpoint":                     {s.Endpoint},
		"region":                       {Region},
		"use_path_style":               {"true"},
		"response_checksum_validation": {"when_required"}, // else a warning is logged for each download
	}.Encode()
}

// Bucket opens BucketName until the test ends.
func (s *Server) Bucket(t testing.TB) *blob.Bucket {
	t.Helper()
	b, err := blob.OpenBucket(t.Context(), s.URL(BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// Client returns a client of the AWS SDK.
func (s *Server) Client() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(s.Endpoint),
		Region:       Region,
		UsePathStyle: true,
		Credentials:  credentials{},
	})
}

// CreateBucket creates another bucket.
func (s *Server) CreateBucket(t testing.TB, name string) {
	t.Helper()
	_, err := s.Client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err, "create bucket %s", name)
}

// Version enables object versions in a bucket.
func (s *Server) Version(t testing.TB, name string) {
	t.Helper()
	_, err := s.Client().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &name,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	require.NoError(t, err, "version bucket %s", name)
}
