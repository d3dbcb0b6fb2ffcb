package blobdownload

import (
	"context"
	"sync/atomic"
)

// responseContext is the context of a response. It ends with the request, with release, and when a Shutdown runs out of
// time. A response for a local file never calls Done: the first call derives a context that can be cancelled.
type responseContext struct {
	context.Context //nolint:containedctx // of the request, with the trace
	holds           holds

	derived atomic.Bool // set under the lock of holds, as is ended
	ended   atomic.Bool
	child   context.Context //nolint:containedctx // of Context; set before derived
	cancel  context.CancelCauseFunc
}

// cancellable returns the child. Its first call derives the child from Context.
func (c *responseContext) cancellable() context.Context {
	if c.derived.Load() {
		return c.child
	}
	c.holds.mu.Lock()
	defer c.holds.mu.Unlock()
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
	c.holds.mu.Lock()
	c.ended.Store(true)
	derived := c.derived.Load()
	c.holds.mu.Unlock()
	if derived {
		c.cancel(nil)
	}
	c.holds.release()
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

// Value returns the holds of the response, or a value of the request's context. Package context finds the child with it.
func (c *responseContext) Value(key any) any {
	switch {
	case key == (holdsKey{}):
		return &c.holds
	case c.derived.Load():
		return c.child.Value(key)
	default:
		return c.Context.Value(key)
	}
}
