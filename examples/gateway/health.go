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
	healthTimeout = 3 * time.Second
	healthAge     = time.Second // lifetime of a result, for all requests
)

// health responds 200 if every storage can be read, else 503. It logs the cause.
type health struct {
	storages blobdownload.Storages
	logger   *slog.Logger

	mu      sync.Mutex
	checked time.Time
	err     error
}

func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusOK, "ok\n"
	if h.check(r.Context()) != nil {
		status, text = http.StatusServiceUnavailable, "storage unavailable\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// check checks the storages once for concurrent requests. A client that disconnects does not cancel it.
func (h *health) check(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.checked) < healthAge {
		return h.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
	defer cancel()
	h.err = h.storages.Check(ctx)
	h.checked = time.Now()
	if h.err != nil {
		h.logger.Error("unhealthy", "error", redact.Error(h.err))
	}
	return h.err
}
