// Package drain counts operations in flight and waits until the last of them has ended. A [Group] counts them; a [Hold] is one
// of them that uses several groups.
package drain

import (
	"context"
	"sync"
)

// Group is a set of operations in flight that can be closed and drained. Its zero value is open and
// empty. It may be used by many goroutines and must not be copied after first use.
type Group struct {
	mu       sync.Mutex
	inFlight int
	closed   bool
	idle     chan struct{} // made by Close; closed when nothing is in flight any more
}

// Acquire counts an operation in and reports whether the group is still open. Each Acquire that
// returned true needs one Release.
func (g *Group) Acquire() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inFlight++
	return true
}

// Release ends an operation. It panics if none is in flight.
func (g *Group) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inFlight == 0 {
		panic("drain: Release without Acquire")
	}
	g.inFlight--
	if g.closed && g.inFlight == 0 {
		close(g.idle)
	}
}

// Close makes every later Acquire return false. It reports whether this call closed the group.
func (g *Group) Close() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.closed = true
	g.idle = make(chan struct{})
	if g.inFlight == 0 {
		close(g.idle)
	}
	return true
}

// Wait closes the group and waits until nothing is in flight. If ctx ends first, Wait returns ctx.Err().
// It returns nil for an idle group even if ctx has ended.
func (g *Group) Wait(ctx context.Context) error {
	g.Close()
	select {
	case <-g.idle:
		return nil
	default:
	}
	select {
	case <-g.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// InFlight returns the number of operations in flight.
func (g *Group) InFlight() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inFlight
}
