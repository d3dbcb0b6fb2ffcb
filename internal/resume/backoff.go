package resume

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstBackoff = 50 * time.Millisecond
	maxBackoff   = 2 * time.Second
)

// backoff is the pause after i failures: it doubles with each of them, and half of it is random.
func backoff(i int) time.Duration {
	d := min(firstBackoff<<min(i, 10), maxBackoff)
	return d/2 + rand.N(d/2+1) //nolint:gosec // jitter spreads the load; nothing depends on its quality
}

// sleep waits for d, or fails when ctx is done.
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
