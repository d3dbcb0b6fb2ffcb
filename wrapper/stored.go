package wrapper

import (
	"context"
	"net/http"
)

// stored is an object of a provider that is known by more than Go CDK's portable interface.
type stored struct {
	remote
	store Store
	key   string
}

func newStored(s Store, key string) *stored {
	o := &stored{store: s, key: key}
	o.remote = remote{send: o.sendObject, describe: s.Describe}
	return o
}

func (o *stored) sendObject(ctx context.Context, method, version string, h http.Header) (*http.Response, error) {
	if err := validKey(o.key); err != nil {
		return nil, err
	}
	return o.store.Send(ctx, method, o.key, version, h)
}

func (o *stored) Location() Location { return Location{Key: o.key} }

func (o *stored) SignedURL(ctx context.Context, opts SignOptions) (string, error) {
	return o.store.SignedURL(ctx, o.key, opts)
}
