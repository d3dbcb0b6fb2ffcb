package wrapper

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Retryable is an error after which the same request may succeed, not before the given time has passed.
// A Source of your own may return one.
type Retryable interface {
	error
	Retryable() (after time.Duration, ok bool)
}

const (
	firstBackoff  = 50 * time.Millisecond
	maxBackoff    = 2 * time.Second
	maxRetryAfter = 5 * time.Second // a storage that wants more time is not waited for
)

// attempt runs a request, and again after a failure that may pass, as often as the file's ReadOptions allows.
// One budget for the whole program keeps a storage that is down from being asked several times as
// often as one that is up.
func (f *File) attempt(ctx context.Context, request func() error) error {
	budget.earn()
	for i := 0; ; i++ {
		err := request()
		if err == nil || i >= f.transfer.Retries {
			return err
		}
		after, ok := mayPass(err)
		if !ok || after > maxRetryAfter || !budget.spend() {
			return err
		}
		if sleep(ctx, max(after, backoff(i))) != nil {
			return err
		}
	}
}

// mayPass reports whether the request that failed may succeed later, and when.
func mayPass(err error) (after time.Duration, ok bool) {
	re, ok := errors.AsType[Retryable](err)
	if !ok {
		return 0, false
	}
	return re.Retryable()
}

// backoff is how long to wait after i failures: it doubles, and half of it is chance.
func backoff(i int) time.Duration {
	d := min(firstBackoff<<min(i, 10), maxBackoff)
	return d/2 + rand.N(d/2+1) //nolint:gosec // chance spreads the load; nothing depends on its quality
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
