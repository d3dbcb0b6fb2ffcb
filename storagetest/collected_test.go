package storagetest_test

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// unusedStore is a provider's direct route that sends nothing.
type unusedStore struct{}

func (unusedStore) Send(context.Context, string, string, string, http.Header) (*http.Response, error) {
	return nil, http.ErrNotSupported
}

func (unusedStore) Describe(*http.Response, *wrapper.Info) {}

func (unusedStore) SignedURL(context.Context, string, wrapper.SignOptions) (string, error) {
	return "", http.ErrNotSupported
}

// The registry of package wrapper holds the store of a recorded bucket as long as the bucket is in use.
func TestARecordedBucketIsCollected(t *testing.T) {
	t.Parallel()
	inner := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = inner.Close() })
	wrapper.RegisterStore(func(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) { return unusedStore{}, b == inner })
	var recorded weak.Pointer[blob.Bucket]
	t.Run("test", func(t *testing.T) { //nolint:paralleltest // its cleanup has to be over
		b := storagetest.Record(t, inner)
		b.Fault(storagetest.Fault{Op: storagetest.OpStat, Action: storagetest.Fail(http.ErrNotSupported), MayMiss: true})
		assert.NotNil(t, wrapper.NewBucket(b.Bucket).Store())
		recorded = weak.Make(b.Bucket)
	})
	assert.Eventually(t, func() bool {
		runtime.GC()
		return recorded.Value() == nil
	}, 10*time.Second, time.Millisecond, "the bucket is kept alive")
}
