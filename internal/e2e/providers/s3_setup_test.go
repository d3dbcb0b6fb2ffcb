package providers_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // what is tested
)

// s3Lanes are the routes to a storage: the direct one, and the SDK, which a client with middleware needs.
var s3Lanes = map[string]func(*s3.Options){
	"pipe": func(*s3.Options) {},
	"SDK": func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil })
	},
}

// eachLane runs a test on both routes, with all requests counted.
func eachLane(t *testing.T, test func(*testing.T, *s3server.Server, *blob.Bucket, *wirecount.Counter)) {
	t.Parallel()
	for name, lane := range s3Lanes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := s3server.Start(t)
			counter := wirecount.New(t)
			test(t, server, s3Bucket(t, server, lane, func(o *s3.Options) { o.HTTPClient = counter }), counter)
		})
	}
}

// s3Bucket opens the server's bucket with a client that has the given changes.
func s3Bucket(t testing.TB, server *s3server.Server, change ...func(*s3.Options)) *blob.Bucket {
	t.Helper()
	options := server.Client().Options()
	for _, f := range change {
		f(&options)
	}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() }) // a bucket made from it may have taken it over
	return b
}

// put stores an object without a counted request.
func put(t testing.TB, server *s3server.Server, key string, content []byte) (etag, version string) {
	t.Helper()
	out, err := server.Client().PutObject(context.WithoutCancel(t.Context()), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content),
		ContentType: aws.String("text/plain"), CacheControl: aws.String("max-age=60"), ContentDisposition: aws.String("inline"),
		ContentLanguage: aws.String("eo"),
	})
	require.NoError(t, err, "put %q", key)
	return aws.ToString(out.ETag), aws.ToString(out.VersionId)
}

// random returns n bytes, which depend on n only.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(b)
	return b
}

// fetch returns a response and its body.
func fetch(t testing.TB, f *wrapper.File, req wrapper.Request) (*wrapper.Response, []byte) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), req)
	require.NoError(t, err)
	if resp.Body == nil {
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	return resp, body
}

// getURL requests a URL without credentials.
func getURL(t testing.TB, method, url string, fields map[string]string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	require.NoError(t, err)
	for name, value := range fields {
		req.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, body
}

func readAll(t testing.TB, rc io.ReadCloser) string {
	t.Helper()
	b, err := io.ReadAll(rc)
	require.NoError(t, err)
	require.NoError(t, rc.Close())
	return string(b)
}
