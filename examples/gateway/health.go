package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

const (
	readyTimeout = 3 * time.Second
	readyAge     = time.Second // lifetime of a result, for all requests
)

// operations routes the paths of the operator before those of next.
func (g *gateway) operations(next http.Handler, metrics bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var h http.Handler
		switch {
		case r.URL.Path == "/healthz":
			h = http.HandlerFunc(alive)
		case r.URL.Path == "/readyz":
			h = g.ready
		case r.URL.Path == "/metrics" && metrics:
			h = g.metrics.handler()
		default:
			next.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			plain(w, http.StatusMethodNotAllowed, "method not allowed\n")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// alive responds 200: the process serves requests.
func alive(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// plain writes a response of /healthz and /readyz.
func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// ready responds 200 if every storage can be read, else 503. It logs the cause.
type ready struct {
	storages blobdownload.Storages
	logger   *slog.Logger

	mu      sync.Mutex
	checked time.Time
	err     error
}

func (h *ready) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.check(r.Context()) != nil {
		plain(w, http.StatusServiceUnavailable, "storage unavailable\n")
		return
	}
	plain(w, http.StatusOK, "ok\n")
}

// check checks the storages once for concurrent requests. A client that disconnects does not cancel it.
func (h *ready) check(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.checked) < readyAge {
		return h.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	h.err = h.storages.Check(ctx)
	h.checked = time.Now()
	if h.err != nil {
		h.logger.Error("not ready", "error", redact.Error(h.err))
	}
	return h.err
}
