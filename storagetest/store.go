package storagetest

import (
	"context"
	"net/http"
	"net/url"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(openStore) }

// openStore claims a bucket that is being recorded whose provider has a lane of its own.
func openStore(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
	var d *driverBucket
	if !b.As(&d) || d.unclaimed != b || d.store == nil {
		return nil, false
	}
	return &storeRecorder{inner: d.store, recorder: d.recorder, script: d.script}, true
}

// store is a provider's own lane to its objects, recorded like the portable one.
type storeRecorder struct {
	inner    wrapper.Store
	recorder *Recorder
	script   *Script
}

func (s *storeRecorder) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	return exchange(ctx, s.recorder, s.script, method, key, h, func(ctx context.Context, h http.Header) (*http.Response, error) {
		return s.inner.Send(ctx, method, key, version, h)
	})
}

// CanSend asks the inner store, which can say everything in one request unless it says otherwise.
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
	ctx, err = s.script.match(OpSign, key).before(ctx)
	if err == nil {
		signed, err = s.inner.SignedURL(ctx, key, opts)
	}
	s.recorder.finish(Call{Op: OpSign, Key: key}, err)
	return signed, err
}
