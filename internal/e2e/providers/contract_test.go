package providers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// clouds open a bucket of each provider. A test is skipped if the server is not installed.
var clouds = map[string]func(t *testing.T) *blob.Bucket{
	"s3":  openS3,
	"gcs": func(t *testing.T) *blob.Bucket { return openURL(t, gcsserver.Start(t, wirecount.New(t)).URL()) },
	"gcs, prefixed": func(t *testing.T) *blob.Bucket {
		return openURL(t, gcsserver.Start(t, wirecount.New(t)).URL()+"?prefix=in/")
	},
	"gcs, SDK": func(t *testing.T) *blob.Bucket { return gcsserver.Start(t, wirecount.New(t)).Bucket(t) },
	"gcs, SDK, prefixed": func(t *testing.T) *blob.Bucket {
		return blob.PrefixedBucket(gcsserver.Start(t, wirecount.New(t)).Bucket(t), "in/")
	},
	"azure":           func(t *testing.T) *blob.Bucket { return openAzure(t, "") },
	"azure, prefixed": func(t *testing.T) *blob.Bucket { return openAzure(t, "&prefix=in/") },
	"azure, SDK": func(t *testing.T) *blob.Bucket {
		b, _ := azureserver.Start(t).Bucket(t, "contract", wirecount.New(t))
		return b
	},
}

// openAzure opens a container with further URL parameters.
func openAzure(t *testing.T, parameters string) *blob.Bucket {
	t.Helper()
	azure := azureserver.Start(t)
	azure.Bucket(t, "contract", wirecount.New(t))
	return openURL(t, azure.Front(t, wirecount.New(t)).URL(t, "contract")+parameters)
}

// openS3 opens a bucket and closes its idle connections with it. With the SDK's own client, about one run in ten
// ended with a server that did not stop in time.
func openS3(t *testing.T) *blob.Bucket {
	server := s3server.Start(t)
	way := &http.Transport{}
	t.Cleanup(way.CloseIdleConnections)
	client := s3.New(server.Client().Options(), func(o *s3.Options) { o.HTTPClient = &http.Client{Transport: way} })
	b, err := s3blob.OpenBucket(t.Context(), client, s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// eachCloud runs a test on a bucket of each provider, with one object and one empty object.
func eachCloud(t *testing.T, test func(t *testing.T, b *blob.Bucket)) {
	for name, open := range clouds {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			require.NoError(t, b.WriteAll(t.Context(), "dir/a b.txt", []byte(content), nil))
			require.NoError(t, b.WriteAll(t.Context(), "empty", nil, nil))
			test(t, b)
		})
	}
}

// TestContract runs storagetest.TestFile on every provider, directly and recorded.
func TestContract(t *testing.T) {
	eachCloud(t, func(t *testing.T, b *blob.Bucket) {
		for name, b := range map[string]*blob.Bucket{"as it is": b, "recorded": storagetest.Record(t, b).Bucket} {
			assert.NoError(t, storagetest.TestFile(wrapper.Blob(b, "dir/a b.txt"), []byte(content)), name)
			assert.NoError(t, storagetest.TestFile(wrapper.Blob(b, "empty"), []byte{}), name)
			assert.NoError(t, storagetest.TestFile(wrapper.Blob(b, "missing"), nil), name)
		}
	})
}

// Requests via a provider's direct route are recorded and get faults, like those of the portable interface.
func TestRecorderSeesAProvidersOwnLane(t *testing.T) {
	eachCloud(t, func(t *testing.T, inner *blob.Bucket) {
		b := storagetest.Record(t, inner)
		f := b.File("dir/a b.txt").WithReadOptions(wrapper.ReadOptions{Retries: -1, Resumes: -1})
		rc, err := f.Open(t.Context(), 10, 20)
		require.NoError(t, err)
		require.NoError(t, rc.Close())
		assert.Equal(t, 1, b.Requests(), b.Trace())
		assert.True(t, strings.HasPrefix(b.Trace(), "read dir/a b.txt [10:30]"), b.Trace())
		b.Fault(storagetest.Fault{Op: storagetest.OpRead, Action: storagetest.Fail(nil)})
		_, err = f.Open(t.Context(), 10, 20)
		assert.ErrorIs(t, err, storagetest.ErrInjected)
	})
}
