package s3server

import (
	"bufio"
	"bytes"
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

// What every server is started with. The credentials are good for nothing else.
const (
	AccessKey  = "test"
	SecretKey  = "testtest"
	Region     = "us-east-1"
	BucketName = "bkt" // the bucket that Start makes
)

// Server is a running S3 server.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT
	Root     string // the object KEY of BUCKET is the file Root/BUCKET/KEY

	stop func()
}

// Start runs a server with one empty bucket, BucketName, until the test ends. It sets Env for the whole
// process; the values are the same each time, so parallel tests may all do it.
func Start(t testing.TB) *Server {
	t.Helper()
	setEnv()
	s := &Server{Root: t.TempDir()}
	addr := s.run(t, t.TempDir())
	t.Cleanup(s.Stop)
	s.Endpoint = "http://" + addr
	s.CreateBucket(t, BucketName)
	return s
}

// run starts the child, sets s.stop and returns the child's address.
func (s *Server) run(t testing.TB, versions string) (addr string) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	var log bytes.Buffer
	cmd := exec.Command(exe) // not of t.Context(): it lives until Stop
	cmd.Env = append(os.Environ(), rootVar+"="+s.Root, versionsVar+"="+versions)
	cmd.Stderr = &log
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())

	s.stop = sync.OnceFunc(func() {
		_ = stdin.Close()
		hung := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		defer hung.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("s3server: %v\n%s", err, &log)
		}
	})

	addr, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.stop()
		require.NoError(t, err, "s3server did not start")
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return strings.TrimSpace(addr)
}

// Stop ends the server and waits until it is gone. The end of the test does it too.
func (s *Server) Stop() { s.stop() }

// URL names a bucket of the server for blob.OpenBucket.
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

// Client is a client of the provider's own, for what the portable API cannot say.
func (s *Server) Client() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(s.Endpoint),
		Region:       Region,
		UsePathStyle: true,
		Credentials:  credentials{},
	})
}

// CreateBucket makes a further bucket.
func (s *Server) CreateBucket(t testing.TB, name string) {
	t.Helper()
	_, err := s.Client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err, "create bucket %s", name)
}

// Version makes a bucket keep every version of its objects from now on.
func (s *Server) Version(t testing.TB, name string) {
	t.Helper()
	_, err := s.Client().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &name,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	require.NoError(t, err, "version bucket %s", name)
}
