package wrapper

import (
	"context"
	"net/http"
	"time"

	"gocloud.dev/blob"
	"golang.org/x/sync/singleflight"
)

// stored is an object of a provider that is known by more than Go CDK's portable interface.
type stored struct {
	remote
	store *knownStore
	key   string

	_bucket *blob.Bucket // kept in use: the store itself may know it only weakly
}

// knownStore is a store with the descriptions that are being asked of it.
type knownStore struct {
	Store
	flights singleflight.Group
}

func newStored(s *knownStore, b *blob.Bucket, key string) *stored {
	o := &stored{store: s, key: key, _bucket: b}
	o.remote = remote{send: o.sendObject, describe: s.Describe, lookup: o.Stat}
	if p, ok := s.Store.(PushDowner); ok {
		o.pushes = p.PushesDown
	}
	return o
}

func (o *stored) sendObject(ctx context.Context, method, version string, h http.Header) (*http.Response, error) {
	if err := validKey(o.key); err != nil {
		return nil, err
	}
	return o.store.Send(ctx, method, o.key, version, h)
}

// sharedStat bounds a description that several wait for, which none of them can cancel.
const sharedStat = 30 * time.Second

// Stat describes the object. Those who ask at the same time share one request, which goes on while any of
// them waits; a failure is not remembered.
func (o *stored) Stat(ctx context.Context) (Info, error) {
	flight := o.store.flights.DoChan(o.key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedStat)
		defer cancel()
		return o.remote.Stat(ctx)
	})
	select {
	case <-ctx.Done():
		return Info{}, ctx.Err()
	case r := <-flight:
		info, _ := r.Val.(Info)
		return info, r.Err
	}
}

func (o *stored) Location() Location { return Location{Key: o.key} }

func (o *stored) SignedURL(ctx context.Context, opts SignOptions) (string, error) {
	return o.store.SignedURL(ctx, o.key, opts)
}
