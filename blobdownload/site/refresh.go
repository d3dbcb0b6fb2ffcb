package site

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/internal/flight"
)

// lists holds the current keys of a site. Concurrent requests share one listing.
type lists struct {
	once    sync.Once // sets the fields of flights
	flights flight.Group[*keys]

	mu     sync.Mutex
	keys   *keys     // nil: not listed yet
	ended  time.Time // the listing of keys
	err    error     // of the last listing
	failed time.Time
}

const (
	listLimit = time.Minute // of one listing

	// pause is the time without a listing after one that failed, and emptyPause that of a site without keys.
	pause      = 10 * time.Second
	emptyPause = time.Second
)

// current returns the keys of the site. Keys that are older than MaxAge are refreshed in the background, and before the
// return if they are older than twice of it. If a listing fails, the old keys stay in use, and are refreshed in the background
// until a listing succeeds.
func (s *Site) current(ctx context.Context) (*keys, error) {
	k, age, pauses, err := s.lists.state()
	switch {
	case k == nil && pauses:
		return nil, err
	case k != nil && (pauses || age <= s.maxAge()):
		return k, nil
	case k != nil && (age <= 2*s.maxAge() || err != nil):
		s.startRefresh(ctx)
		return k, nil //nolint:nilerr // the failed refresh has been logged, and the old keys stay in use
	}
	fresh, err := s.refresh(ctx)
	if err != nil && k != nil && ctx.Err() == nil {
		return k, nil
	}
	return fresh, err
}

// state returns the keys and their age, and the error of the last listing. It reports whether that failed so recently that
// none begins.
func (l *lists) state() (k *keys, age time.Duration, pauses bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := emptyPause
	if l.keys != nil {
		wait, age = pause, time.Since(l.ended)
	}
	return l.keys, age, l.err != nil && time.Since(l.failed) < wait, l.err
}

// refresh lists the keys anew, or returns the result of the listing in flight.
func (s *Site) refresh(ctx context.Context) (*keys, error) {
	l := &s.lists
	l.once.Do(func() { l.flights.Limit, l.flights.Continues = listLimit, true })
	k, err := l.flights.Do(ctx, "", func(ctx context.Context) (k *keys, err error) {
		started := time.Now()
		flight.Conclude(func() error {
			k, err = s.list(ctx)
			return err
		}, func(failed error) {
			err = failed
			s.record(ctx, started, k, err)
		})
		return k, err
	})
	if err == context.DeadlineExceeded && ctx.Err() == nil { //nolint:errorlint // of the listing: it is not wrapped
		err = s.unavailable(err)
		if _, _, pauses, _ := s.lists.state(); !pauses { // the driver ignores its context
			s.record(ctx, time.Now().Add(-listLimit), nil, err)
		}
	}
	return k, err
}

// startRefresh starts a listing, unless one is in flight, and does not wait for it.
func (s *Site) startRefresh(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	cancel() // the caller leaves at once, and the listing continues
	_, _ = s.refresh(ctx)
}

// record stores the result of a listing, unless a later one has ended before. A 404 page that cannot be read leaves the
// previous one in use.
func (s *Site) record(ctx context.Context, started time.Time, k *keys, err error) {
	l := &s.lists
	l.mu.Lock()
	if l.keys == nil || !l.keys.listed.After(started) {
		l.err = err
		if now := time.Now(); err == nil {
			if k.notFoundErr != nil && l.keys != nil {
				k.notFound = l.keys.notFound
			}
			l.keys, l.ended = k, now
		} else {
			l.failed = now
		}
	}
	l.mu.Unlock()
	if err == nil {
		err = k.notFoundErr
	}
	if err != nil {
		s.logger().LogAttrs(ctx, slog.LevelError, "site listing failed", slog.String("error", err.Error()))
	}
}
