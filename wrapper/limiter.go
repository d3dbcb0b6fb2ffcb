package wrapper

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Limiter bounds how many connections to one storage are in use at once. A request waits for a free connection up to a
// deadline, then fails with [ErrBusy]. Metadata requests have a bound of their own, so they are not delayed by slow
// downloads. A Limiter may be shared by many files and goroutines. Make one with [NewLimiter].
type Limiter struct {
	reads, stats chan struct{}
	wait         time.Duration
}

// NewLimiter returns a limiter of n bodies and n metadata requests at once. n must be positive: with 0 every request fails
// with [ErrBusy], and a negative number panics. wait is the longest time that a request waits; 0 means that it does not.
func NewLimiter(n int, wait time.Duration) *Limiter {
	return &Limiter{reads: make(chan struct{}, n), stats: make(chan struct{}, n), wait: wait}
}

// WithLimiter returns the file with its connections bounded by l; nil sets no bound.
func (f *File) WithLimiter(l *Limiter) *File {
	c := *f
	c.limiter = l
	return &c
}

// ErrBusy reports that no connection of a [Limiter] became free in time. Its HTTPStatus is 503.
var ErrBusy error = busyError{errors.New("every connection to the storage is in use")}

type busyError struct{ error }

// HTTPStatus returns 503.
func (busyError) HTTPStatus() int { return http.StatusServiceUnavailable }

// spare acquires a connection that is free now, or fails with ErrBusy.
func (l *Limiter) spare() (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	select {
	case l.reads <- struct{}{}:
		return func() { <-l.reads }, nil
	default:
		return nil, ErrBusy
	}
}

func (l *Limiter) acquire(ctx context.Context, slots chan struct{}) (release func(), err error) {
	release = func() { <-slots }
	select {
	case slots <- struct{}{}:
		return release, nil
	default:
	}
	timer := time.NewTimer(l.wait)
	defer timer.Stop()
	select {
	case slots <- struct{}{}:
		return release, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, ErrBusy
	}
}
