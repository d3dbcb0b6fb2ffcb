package storagetest

import (
	"context"
	"net/http"
	"net/url"

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
	return &storeRecorder{inner: d.store, recorder: d.recorder, script: d.script}, true
}

// storeRecorder is a provider's direct route to its objects, with the recorder and the script of the bucket.
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
	ctx, err = s.script.match(OpSign, key).before(ctx)
	if err == nil {
		signed, err = s.inner.SignedURL(ctx, key, opts)
	}
	s.recorder.finish(Call{Op: OpSign, Key: key}, err)
	return signed, err
}
