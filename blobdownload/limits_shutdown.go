package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// downloads are those that a server has under way.
type downloads struct {
	mu      sync.Mutex
	active  map[*transfer]context.CancelCauseFunc
	closing bool
	idle    chan struct{} // closed when closing and the last download is over
}

var errShutdown = errors.New("server is shutting down")

// begin takes a download in. Its context ends with end, with the request's, and when a shutdown runs out
// of time.
func (a *downloads) begin(t *transfer) error {
	ctx, cancel := context.WithCancelCause(t.ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closing {
		cancel(nil)
		return &StatusError{Status: http.StatusServiceUnavailable, Err: errShutdown, Header: retryAfter(time.Second)}
	}
	if a.active == nil {
		a.active = map[*transfer]context.CancelCauseFunc{}
	}
	a.active[t] = cancel
	t.ctx = ctx
	return nil
}

func (a *downloads) end(t *transfer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.active[t](nil)
	delete(a.active, t)
	if a.closing && len(a.active) == 0 {
		close(a.idle)
	}
}

// Shutdown refuses downloads that begin after the call, by 503, and waits for those that are under way.
// When ctx is done first, it breaks them off, so that no client takes a part for the whole, and
// returns an error that says how many there were. Call it before, or while, http.Server.Shutdown waits, and
// before [Storage.Close].
func (s *Server) Shutdown(ctx context.Context) error {
	a := &s.downloads
	a.mu.Lock()
	if !a.closing {
		a.closing = true
		a.idle = make(chan struct{})
		if len(a.active) == 0 {
			close(a.idle)
		}
	}
	a.mu.Unlock()
	select {
	case <-a.idle:
		return nil
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for t, cancel := range a.active {
		cancel(errShutdown)
		_ = http.NewResponseController(t.w).SetWriteDeadline(time.Now())
	}
	if n := len(a.active); n > 0 {
		return fmt.Errorf("shutdown: %d downloads broken off: %w", n, ctx.Err())
	}
	return nil
}
