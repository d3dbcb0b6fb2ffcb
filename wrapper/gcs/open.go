package gcs

import (
	"context"
	"log/slog"
	"net/url"
	"sync"
	"weak"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/gcsblob" // registers the scheme

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(open) }

// open returns the store of a bucket of Google Cloud Storage, and false for any other bucket. It makes no request.
func open(b *blob.Bucket, opened *url.URL) (wrapper.Store, bool) {
	var c *storage.Client
	if !b.As(&c) {
		return nil, false
	}
	name, keys, err := bucketkey.Learn(context.Background(), b, storeKey)
	if err != nil {
		return nil, false // a closed bucket, for one: Go CDK's own error is better
	}
	through := &sdk{c.Bucket(name).Retryer(storage.WithPolicy(storage.RetryNever))} // the caller retries
	s := &store{bucket: weak.Make(b), list: c.Bucket(name), keys: keys, route: routeOf(through, name, opened)}
	s.service.Protocol, s.service.Bucket = protocol, bucketName(name)
	s.service.Clock.Store, s.service.Clock.Layout = "GCS", timeFormat
	return s, true
}

// routeOf returns the direct route if the URL or the environment determines the credentials, which the first request looks for.
func routeOf(through *sdk, bucket string, opened *url.URL) func() route {
	a, err := findAccount(bucket, opened)
	if err != nil {
		return func() route { return through }
	}
	return sync.OnceValue(func() route {
		auth, err := findCredentials(a)
		if err != nil {
			slog.Debug("GCS: requests go through the SDK", "bucket", bucket, "why", redact.Error(err))
			return through
		}
		return newDirect(a, auth)
	})
}

// storeKey returns the bucket and the key of the request that the driver would make.
var storeKey = bucketkey.Before(func(as func(any) bool) (bucket, full string, ok bool) {
	var h **storage.ObjectHandle
	if !as(&h) {
		return "", "", false
	}
	return (*h).BucketName(), (*h).ObjectName(), true
})

var _ interface {
	wrapper.Store
	wrapper.IdleCloser
	wrapper.ConditionalStore
	wrapper.VersionStore
} = (*store)(nil)

// protocol is how the service responds.
var protocol = &upstream.Protocol{
	Refusals: upstream.GCSRefusals, CodeField: reasonField, Genuine: genuine, Foreign: errForeign, Error: apiError,
}
