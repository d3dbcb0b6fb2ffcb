package portable_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// countedServer serves a bucket of a real S3 server and counts its requests to S3.
type countedServer struct {
	*wirecount.Counter
	url    string // with a slash at its end, to which the key is appended
	bucket *blob.Bucket
	client *http.Client
}

// startCounted runs a server until the test ends. The test fails if a response body of the storage was not closed.
// change is applied to every download.
func startCounted(t *testing.T, objects map[string][]byte, change func(*http.Request, *blobdownload.Download) error) *countedServer {
	t.Helper()
	s := s3server.Start(t)
	for key, content := range objects {
		require.NoError(t, s.Bucket(t).WriteAll(t.Context(), key, content, nil), "write %q", key)
	}
	c := &countedServer{Counter: wirecount.New(t)}
	options := s.Client().Options()
	options.HTTPClient = c.Counter
	var err error
	c.bucket, err = s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	storage := &blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(c.bucket)}
	mux := http.NewServeMux()
	view := blobdownload.StorageView(storage, blobdownload.PathValue("key")).With(change)
	mux.Handle("/{key...}", new(blobdownload.Server).Handler(view))
	server := httptest.NewServer(mux)
	c.url, c.client = server.URL+"/", server.Client()
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, storage.Close(context.Background()))
		assert.Zero(t, c.Open(), "responses of the storage whose body was not closed")
	})
	return c
}

// status sends a request, reads the response to its end and returns its status.
func (c *countedServer) status(t *testing.T, method, key string, header map[string]string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+key, http.NoBody)
	require.NoError(t, err)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := c.client.Do(r)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func unchanged(*http.Request, *blobdownload.Download) error { return nil }
