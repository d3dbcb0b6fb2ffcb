package blobdownload

import (
	"slices"
	"sync"
)

// holds are the storages that a response has read from. [Storage.Close] waits for it from its first request to a storage
// until its end: a further range or zip entry is admitted although the storage is closing.
//
// It is a part of the response's context, so that it costs no allocation.
type holds struct {
	mu    sync.Mutex
	held  []*Storage
	first [1]*Storage // memory of held
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
	if h.held == nil {
		h.held = h.first[:0]
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
