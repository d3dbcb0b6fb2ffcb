// Package logtest keeps the log of a test in memory.
package logtest

import (
	"log/slog"
	"strings"
	"sync"
)

// Text is a log as text. It may be used by many goroutines.
type Text struct {
	mu sync.Mutex
	b  strings.Builder
}

// New returns a logger of every level, and its text.
func New() (*slog.Logger, *Text) {
	t := &Text{}
	return slog.New(slog.NewTextHandler(t, &slog.HandlerOptions{Level: slog.LevelDebug})), t
}

// Write implements io.Writer.
func (t *Text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

// String returns the lines that are logged so far.
func (t *Text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}
