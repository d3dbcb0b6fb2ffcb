package e2e_test

import (
	"context"
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

// countedServer serves a bucket of a real S3 server and counts what that costs.
type countedServer struct {
	*wirecount.Counter
	url    string // of a key, which follows
	bucket *blob.Bucket
}

// startCounted runs the server until the test ends, when no answer of the storage may be left open.
// change is applied to every download.
func startCounted(t *testing.T, objects map[string][]byte, change func(*http.Request, *blobdownload.Download) error) *countedServer {
	t.Helper()
	s, _ := s3Bucket(t, objects)
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
	c.url = server.URL + "/"
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, storage.Close(context.Background()))
		assert.Zero(t, c.Open(), "answers of the storage whose body was not closed")
	})
	return c
}

func unchanged(*http.Request, *blobdownload.Download) error { return nil }
