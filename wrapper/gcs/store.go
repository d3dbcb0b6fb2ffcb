package gcs

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"weak"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/upstream"
)

// store is a bucket, possibly under a prefix. It implements wrapper.Store.
type store struct {
	service upstream.Service
	bucket  weak.Pointer[blob.Bucket] // to sign with
	list    *storage.BucketHandle     // to list versions
	signer  signer
	keys    bucketkey.Keys
	route   func() route
	used    atomic.Bool // the route
}

// route is a way to the service. Its keys are the service's.
type route interface {
	// send makes one request.
	send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error)

	// canSend reports whether one request can carry all of the fields.
	canSend(h http.Header) bool

	closeIdle()
}

var errClosed = errors.New("the bucket is no longer in use")

// Send makes one request.
func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.service.Send(&upstream.Call{Method: method, Key: full, Attempt: upstream.Try(func(method string) (*http.Response, error) {
		return s.use().send(ctx, method, full, version, h)
	})})
}

func (s *store) use() route {
	s.used.Store(true)
	return s.route()
}

// CloseIdleConnections closes those of the direct route.
func (s *store) CloseIdleConnections() {
	if s.used.Load() {
		s.route().closeIdle()
	}
}

// CanSend reports whether one request can carry all of the fields.
func (s *store) CanSend(h http.Header) bool { return s.use().canSend(h) }
