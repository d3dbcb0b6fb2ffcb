package blobdownload

import (
	"context"
	"slices"
	"sync"
)

// holds are the storages that a response has read from. [Storage.Close] waits for it from its first request to a storage
// until its end: a further range or zip entry is admitted although the storage is closing.
type holds struct {
	mu    sync.Mutex
	held  []*Storage
	ended bool
}

type holdsKey struct{}

// acquire holds a storage until release, and reports whether the storage is held.
func (h *holds) acquire(s *Storage) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return false
	case slices.Contains(h.held, s):
		return true
	case !s.drain.Acquire():
		return false
	}
	h.held = append(h.held, s)
	return true
}

func (h *holds) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for _, s := range h.held {
		s.drain.Release()
	}
	h.held = nil
}

func withHolds(ctx context.Context, h *holds) context.Context {
	return context.WithValue(ctx, holdsKey{}, h)
}
