package blobdownload

import (
	"context"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/internal/drain"
)

// responseContext is the context of a response. It ends with the request, with release, and when a Shutdown runs out of
// time. A response for a local file never calls Done: the first call derives a context that can be cancelled.
//
// It is a value of the context that holds the storages which the response has read from: [Storage.Close] waits for a response
// from its first request to a storage until its end. A further range or zip entry is admitted although the storage is closing.
type responseContext struct {
	context.Context //nolint:containedctx // of the request, with the trace

	storages drain.Hold // its mutex guards the fields below

	derived atomic.Bool // set under the mutex, as is ended
	ended   atomic.Bool
	child   context.Context //nolint:containedctx // of Context; set before derived
	cancel  context.CancelCauseFunc
}

// cancellable returns the child. Its first call derives the child from Context.
func (c *responseContext) cancellable() context.Context {
	if c.derived.Load() {
		return c.child
	}
	c.storages.Mu.Lock()
	defer c.storages.Mu.Unlock()
	if !c.derived.Load() {
		c.child, c.cancel = context.WithCancelCause(c.Context)
		if c.ended.Load() {
			c.cancel(nil)
		}
		c.derived.Store(true)
	}
	return c.child
}

// abort ends the context with a cause, unless it has ended.
func (c *responseContext) abort(cause error) {
	c.cancellable()
	c.cancel(cause)
}

// release ends the context at the end of the response, and releases the storages.
func (c *responseContext) release() {
	defer c.storages.End()
	c.storages.Mu.Lock()
	defer c.storages.Mu.Unlock()
	c.ended.Store(true)
	if c.derived.Load() {
		c.cancel(nil)
	}
}

// Done implements context.Context.
func (c *responseContext) Done() <-chan struct{} { return c.cancellable().Done() }

// Err implements context.Context.
func (c *responseContext) Err() error {
	switch {
	case c.derived.Load():
		return c.child.Err()
	case c.ended.Load():
		return context.Canceled
	default:
		return c.Context.Err()
	}
}

// Value returns the storages of the response, or a value of the request's. Package context finds the child with it.
func (c *responseContext) Value(key any) any {
	switch {
	case key == (drain.HoldKey{}):
		return &c.storages
	case c.derived.Load():
		return c.child.Value(key)
	default:
		return c.Context.Value(key)
	}
}
