package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

const (
	healthTimeout = 3 * time.Second
	healthAge     = time.Second // how long a result is good for, however many ask
)

// health answers 200 when every storage can be read, else 503. The cause goes to the log.
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

// check asks the storages once for all who ask at the same time; one of them leaving ends it for nobody.
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
		h.logger.Error("unhealthy", "error", h.err)
	}
	return h.err
}
