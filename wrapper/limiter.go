package wrapper

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Limiter bounds how many connections to one storage are in use at a time. Whoever finds none free waits
// for one, no longer than a deadline. Descriptions have a bound of their own, so that they are
// answered while slow clients hold every body.
type Limiter struct {
	reads, stats chan struct{}
	wait         time.Duration
}

// NewLimiter returns a limiter of n bodies and n descriptions at a time, for which a request waits at most
// the given time. n must be positive.
func NewLimiter(n int, wait time.Duration) *Limiter {
	return &Limiter{reads: make(chan struct{}, n), stats: make(chan struct{}, n), wait: wait}
}

// WithLimiter returns the file with every connection to its storage taken from a limiter.
func (f *File) WithLimiter(l *Limiter) *File {
	c := *f
	c.limiter = l
	return &c
}

// ErrBusy says that a storage had no connection free in time. It is answered by 503.
var ErrBusy error = busyError{errors.New("every connection to the storage is in use")}

type busyError struct{ error }

// HTTPStatus returns 503.
func (busyError) HTTPStatus() int { return http.StatusServiceUnavailable }

func (l *Limiter) read(ctx context.Context) (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	return l.acquire(ctx, l.reads)
}

// spare is a connection that nobody waits for.
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

func (l *Limiter) stat(ctx context.Context) (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	return l.acquire(ctx, l.stats)
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
