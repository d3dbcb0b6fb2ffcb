package storagetest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"weak"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(openStore) }

// openStore claims a recorded bucket whose provider has a direct route.
func openStore(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
	var d *driverBucket
	if !b.As(&d) || d.unclaimed != b || d.store == nil {
		return nil, false
	}
	return &storeRecorder{inner: d.store, bucket: weak.Make(d)}, true
}

// storeRecorder is a provider's direct route to its objects, with the recorder and the script of a bucket. It does not keep
// the bucket alive: the registry of package wrapper holds it as long as the bucket is in use, and the script refers to the
// bucket and to its test.
type storeRecorder struct {
	inner  wrapper.Store
	bucket weak.Pointer[driverBucket]
}

// errCollected is the error of a request after the bucket has been collected.
var errCollected = errors.New("storagetest: the recorded bucket is no longer in use")

func (s *storeRecorder) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	d := s.bucket.Value()
	if d == nil {
		return nil, errCollected
	}
	return exchange(ctx, d.recorder, d.script, method, key, h, func(ctx context.Context, h http.Header) (*http.Response, error) {
		return s.inner.Send(ctx, method, key, version, h)
	})
}

// CanSend returns that of the inner store. A store without CanSend can send every request.
func (s *storeRecorder) CanSend(h http.Header) bool {
	if p, ok := s.inner.(wrapper.ConditionalStore); ok {
		return p.CanSend(h)
	}
	return true
}

func (s *storeRecorder) Describe(resp *http.Response, info *wrapper.Info) {
	s.inner.Describe(resp, info)
}

func (s *storeRecorder) SignedURL(ctx context.Context, key string, opts wrapper.SignOptions) (signed string, err error) {
	d := s.bucket.Value()
	if d == nil {
		return "", errCollected
	}
	ctx, err = d.script.match(OpSign, key).before(ctx)
	if err == nil {
		signed, err = s.inner.SignedURL(ctx, key, opts)
	}
	d.recorder.finish(Call{Op: OpSign, Key: key}, err)
	return signed, err
}
