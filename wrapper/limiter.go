package wrapper

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Admission runs before each request to a storage: it may wait, count, or reject with an error. The function that it
// returns is called once after the request; for a read, when its body is closed. It is called by many goroutines at once.
type Admission func(ctx context.Context) (leave func(), err error)

// enter calls the file's Admissions. It rejects a context that is done, which some storages never check.
func (f *File) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case f.admission == nil:
		return func() {}, nil
	case len(f.admissions) == 0:
		return f.admission(ctx)
	}
	l, err := f.admission(ctx)
	if err != nil {
		return nil, err
	}
	passed := []func(){l}
	defer func() {
		if leave == nil { // also after a panic
			leaveAll(passed)
		}
	}()
	for _, a := range f.admissions {
		l, err := a(ctx)
		if err != nil {
			return nil, err
		}
		passed = append(passed, l)
	}
	return func() { leaveAll(passed) }, nil
}

// leaveAll calls the functions, the last one first. Each is called even if another one panics.
func leaveAll(passed []func()) {
	if last := len(passed) - 1; last >= 0 {
		defer leaveAll(passed[:last])
		passed[last]()
	}
}

// Limiter bounds how many connections to one storage are in use at once. A request waits for a free connection up to a
// deadline, then fails with [ErrBusy]. Metadata requests have a bound of their own, so they are not delayed by slow
// downloads. A Limiter may be shared by many files and goroutines.
type Limiter struct {
	reads, stats chan struct{}
	wait         time.Duration
}

// NewLimiter returns a limiter of n bodies and n metadata requests at once. wait is the longest time that a request waits.
// n must be positive.
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
