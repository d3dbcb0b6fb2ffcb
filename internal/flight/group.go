package flight

import (
	"context"
	"sync"
	"time"
)

// Group is a set of calls, at most one for a key. Its zero value has no time limit. It must not be copied after first
// use.
type Group[T any] struct {
	// Limit is the longest time of a call, after which its context is done; 0 means none.
	Limit time.Duration

	// Attached makes the last caller of a call return after the call has ended. The caller's connection of a limiter is
	// then in use as long as the call runs. Without it, a caller returns at once when its context or the call's is
	// done, and the key is free for another call.
	Attached bool

	// Continues makes a call without a caller run to its end, for a result that its function stores.
	Continues bool

	mu    sync.Mutex
	calls map[string]*call[T]
}

// call is one call in flight.
type call[T any] struct {
	ctx    context.Context //nolint:containedctx // of the call: done after the limit, or when the last caller has left
	cancel context.CancelFunc
	done   chan struct{}

	callers int // guarded by Group.mu
	value   T   // set before done is closed
	err     error
}

// Do returns the result of f, which concurrent calls for one key share. The context of f has the values of the first
// caller's ctx. A panic of f is an error.
func (g *Group[T]) Do(ctx context.Context, key string, f func(context.Context) (T, error)) (T, error) {
	c := g.join(ctx, key, f)
	expired := c.ctx.Done()
	if g.Attached {
		expired = nil
	}
	select {
	case <-c.done:
	case <-ctx.Done():
	case <-expired:
	}
	last := g.leave(key, c)
	if last && g.Attached {
		<-c.done
	}
	select {
	case <-c.done:
		if err := ctx.Err(); err != nil && c.err != nil {
			break // the call was canceled with its caller
		}
		return c.value, c.err
	default:
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	return none, c.ctx.Err()
}

// join returns the call in flight for a key, or starts one.
func (g *Group[T]) join(ctx context.Context, key string, f func(context.Context) (T, error)) *call[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.calls[key]; c != nil && c.ctx.Err() == nil {
		c.callers++
		return c
	}
	c := &call[T]{done: make(chan struct{}), callers: 1}
	ctx = context.WithoutCancel(ctx)
	if g.Limit > 0 {
		c.ctx, c.cancel = context.WithTimeout(ctx, g.Limit)
	} else {
		c.ctx, c.cancel = context.WithCancel(ctx)
	}
	if g.calls == nil {
		g.calls = map[string]*call[T]{}
	}
	g.calls[key] = c
	go Conclude(func() (err error) {
		c.value, err = f(c.ctx)
		return err
	}, func(err error) {
		c.err = err
		g.forget(key, c)
		close(c.done)
		c.cancel()
	})
	return c
}

// leave counts a caller out. The last one cancels the call.
func (g *Group[T]) leave(key string, c *call[T]) (last bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.callers--
	last = c.callers == 0
	if last && !g.Continues {
		c.cancel()
	}
	if c.ctx.Err() != nil {
		g.remove(key, c) // the next caller makes a new call
	}
	return last
}

func (g *Group[T]) forget(key string, c *call[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(key, c)
}

// remove frees the key of a call, unless another call has it.
func (g *Group[T]) remove(key string, c *call[T]) {
	if g.calls[key] == c {
		delete(g.calls, key)
	}
}
