package wrapper

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
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

	// The store's methods as values, made once and not for every object.
	describe func(*http.Response, *Info)
	pushes   func(http.Header) bool // nil unless it is a PushDowner
}

func newKnownStore(s Store) *knownStore {
	known := &knownStore{Store: s, describe: s.Describe}
	if p, ok := s.(ConditionalStore); ok {
		known.pushes = p.CanSend
	}
	return known
}

func newStored(s *knownStore, b *blob.Bucket, key string) *stored {
	o := &stored{store: s, key: key, _bucket: b}
	o.remote = remote{trips: o, describe: s.describe, pushes: s.pushes}
	return o
}

func (o *stored) send(ctx context.Context, method, version string, h http.Header) (*http.Response, error) {
	if err := validKey(o.key); err != nil {
		return nil, err
	}
	return o.store.Send(ctx, method, o.key, version, h)
}

func (o *stored) lookup(ctx context.Context) (Info, error) { return o.Stat(ctx) }

// sharedStat bounds a description that several wait for, which none of them can cancel.
const sharedStat = 30 * time.Second

// Stat describes the object. Those who ask at the same time share one request, which goes on while any of
// them waits; a failure is not remembered.
func (o *stored) Stat(ctx context.Context) (Info, error) {
	flight := o.store.flights.DoChan(o.key, func() (_ any, err error) {
		defer func() {
			if v := recover(); v != nil { // nobody's goroutine: it would end the program
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
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
