package gcs

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"weak"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/wrapper"
)

// store is a bucket, possibly under a prefix. It implements wrapper.Store.
type store struct {
	bucket weak.Pointer[blob.Bucket] // to sign by
	signer signer
	keys   bucketkey.Keys
	lane   func() lane
	asked  atomic.Bool // for the lane
}

// lane is a way to the service. Its keys are the service's.
type lane interface {
	send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error)

	// pushesDown reports whether one request can carry all of the fields.
	pushesDown(h http.Header) bool

	closeIdle()
}

func open(b *blob.Bucket, opened *url.URL) (wrapper.Store, bool) {
	var c *storage.Client
	if !b.As(&c) {
		return nil, false
	}
	name, keys, err := bucketkey.Learn(context.Background(), b, ask)
	if err != nil {
		return nil, false // a closed bucket, for one: Go CDK says it better
	}
	through := &sdk{c.Bucket(name).Retryer(storage.WithPolicy(storage.RetryNever))} // the caller repeats
	return &store{bucket: weak.Make(b), keys: keys, lane: laneOf(through, name, opened)}, true
}

// laneOf returns the pipe where it is known whose credentials a bucket uses. They are looked for when the
// first request is made.
func laneOf(through *sdk, bucket string, opened *url.URL) func() lane {
	t, err := learnTarget(bucket, opened)
	if err != nil {
		return func() lane { return through }
	}
	return sync.OnceValue(func() lane {
		auth, err := findCredentials(t)
		if err != nil {
			slog.Debug("GCS: requests go through the SDK", "bucket", bucket, "why", err)
			return through
		}
		return newPipe(t, auth)
	})
}

// ask returns the bucket and the key that the driver would ask its client for.
var ask = bucketkey.Before(func(as func(any) bool) (bucket, full string, ok bool) {
	var h **storage.ObjectHandle
	if !as(&h) {
		return "", "", false
	}
	return (*h).BucketName(), (*h).ObjectName(), true
})

func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.used().send(ctx, method, full, version, h)
}

func (s *store) used() lane {
	s.asked.Store(true)
	return s.lane()
}

// CloseIdleConnections closes those of the pipe.
func (s *store) CloseIdleConnections() {
	if s.asked.Load() {
		s.lane().closeIdle()
	}
}

// CanSend reports whether a read can carry all of the fields.
func (s *store) CanSend(h http.Header) bool { return s.used().pushesDown(h) }
