package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/internal/drain"
)

// downloads are the downloads that a server streams, with the means to abort them.
type downloads struct {
	drain drain.Group
	mu    sync.Mutex
	open  map[*transfer]struct{}
}

var errShutdown = errors.New("server is shutting down")

// acquire counts a download in. One lock covers counting and registering, so that none in flight escapes abort.
func (a *downloads) acquire(t *transfer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.drain.Acquire() {
		return &StatusError{Status: http.StatusServiceUnavailable, Err: errShutdown, Header: retryAfter(time.Second)}
	}
	if a.open == nil {
		a.open = map[*transfer]struct{}{}
	}
	a.open[t] = struct{}{}
	return nil
}

func (a *downloads) release(t *transfer) {
	a.mu.Lock()
	delete(a.open, t)
	a.mu.Unlock()
	a.drain.Release()
}

// abort cancels every download's storage request, and makes its next write to the client fail.
func (a *downloads) abort() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for t := range a.open {
		t.response.abort(errShutdown)
		_ = http.NewResponseController(t.w).SetWriteDeadline(time.Now())
	}
}

// Shutdown rejects new downloads with 503 and waits for those in flight. If ctx ends first, Shutdown aborts
// them and returns an error with their number. Their clients see a failed transfer. Offloaded downloads
// are not waited for. Call Shutdown before or during http.Server.Shutdown, and before [Storage.Close].
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.downloads.drain.Wait(ctx)
	n := s.downloads.drain.InFlight()
	if err == nil || n == 0 {
		return nil
	}
	s.downloads.abort()
	return fmt.Errorf("shutdown: %d downloads aborted: %w", n, err)
}
