package drain

import (
	"context"
	"slices"
	"sync"
)

// Hold counts one operation into several groups, from its first use of each until the operation ends: a response that reads
// from storages, for example. Its zero value holds nothing. It may be used by many goroutines and must not be copied after
// first use.
type Hold struct {
	Mu sync.Mutex // may guard more of the operation

	held  []*Group  // nil before the first; without room after the end
	first [1]*Group // memory of held
}

// Acquire counts the operation into a group, once, and reports whether it is counted.
func (h *Hold) Acquire(g *Group) bool {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	switch {
	case h.held != nil && cap(h.held) == 0:
		return false
	case slices.Contains(h.held, g):
		return true
	case !g.Acquire():
		return false
	}
	if h.held == nil {
		h.held = h.first[:0]
	}
	h.held = append(h.held, g)
	return true
}

// End ends the operation. Later calls have no effect.
func (h *Hold) End() {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	for _, g := range h.held {
		g.Release()
	}
	h.held = []*Group{}
}

// HoldKey is the key of a *Hold among the values of a context.
type HoldKey struct{}

// WithHold returns a context whose operation is h. It replaces that of ctx: an operation in the background outlasts the one
// that has started it.
func WithHold(ctx context.Context, h *Hold) context.Context {
	return context.WithValue(ctx, HoldKey{}, h)
}

// HoldOf returns the operation of a context, or nil.
func HoldOf(ctx context.Context) *Hold {
	h, _ := ctx.Value(HoldKey{}).(*Hold)
	return h
}
