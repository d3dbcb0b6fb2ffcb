package upstream

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// refused is the error of a refusal: the provider's own, with the treatment of its code.
type refused struct {
	err   error
	kind  *Kind
	code  string
	after time.Duration // of Retry-After
	log   *limiter
	once  sync.Once
	level slog.Level
}

func (e *refused) Error() string { return e.err.Error() }
func (e *refused) Unwrap() error { return e.err }

// HTTPStatus returns the status for the client.
func (e *refused) HTTPStatus() int { return e.kind.Status }

// HTTPStatusCode returns HTTPStatus, by which package wrapper finds the sentinel of an error.
func (e *refused) HTTPStatusCode() int { return e.kind.Status }

// Timeout reports whether the store gave up.
func (e *refused) Timeout() bool { return e.kind.Status == http.StatusGatewayTimeout }

// Retryable reports whether the same request may succeed after a time.
func (e *refused) Retryable() (after time.Duration, ok bool) { return e.after, e.kind.Retry }

// LogLevel returns the level of the error's record. Of the refusals that recur until the operator acts, one a minute for
// a store and a code has its kind's level; the others are at LevelDebug.
func (e *refused) LogLevel() slog.Level {
	e.once.Do(func() {
		e.level = e.kind.Level
		if e.kind.Limit && !e.log.allow(e.code) {
			e.level = slog.LevelDebug
		}
	})
	return e.level
}

// limiter allows one record a minute for each code.
type limiter struct {
	mu   sync.Mutex
	next map[string]time.Time
}

// maxCodes is how many codes a limiter distinguishes. A store that makes codes up must not fill the memory.
const maxCodes = 100

func (l *limiter) allow(code string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Before(l.next[code]) {
		return false
	}
	if l.next == nil || len(l.next) >= maxCodes {
		l.next = map[string]time.Time{}
	}
	l.next[code] = now.Add(time.Minute)
	return true
}
