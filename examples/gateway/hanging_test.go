package main

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// hangingBucket never answers a listing.
type hangingBucket struct{ driver.Bucket }

func (hangingBucket) ListPaged(ctx context.Context, _ *driver.ListOptions) (*driver.ListPage, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (hangingBucket) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (hangingBucket) As(any) bool                        { return false }
func (hangingBucket) Close() error                       { return nil }

// A bucket that hangs in its listing holds its own pages until their deadline, and no others.
func TestBucketThatHangsInListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := blob.NewBucket(hangingBucket{})
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		s := siteOf(wrapper.NewBucket(b))
		s.buckets = append(s.buckets, &servedBucket{
			bucketConfig: bucketConfig{Name: "other", URL: "mem://"},
			storage:      &blobdownload.Storage{Name: "other", Bucket: memBucket(t, "fine.txt")},
		})
		h := s.handler()
		for _, target := range []string{"/b/docs/", "/b/docs/?begins=s", "/zip/docs", "/zip/docs?name=sub/"} {
			began := time.Now()
			assert.Equal(t, http.StatusGatewayTimeout, get(t, h, target).Code, target)
			assert.LessOrEqual(t, time.Since(began), zipListTimeout, target) // of the bubble's clock
		}
		assert.Equal(t, http.StatusOK, get(t, h, "/b/other/").Code)
	})
}
