package resume

import (
	"context"
	"sync"
	"time"
)

// maxRetryAfter is the longest Retry-After that a retry waits for.
const maxRetryAfter = 5 * time.Second

// Retry makes a request, and up to n more while it fails with an error that retryable accepts. No retry starts after
// the deadline, unless it is zero. One budget for the whole program limits retries and resumes to a share of all
// requests, so that a storage outage does not multiply its load.
func Retry(
	ctx context.Context, n int, deadline time.Time, retryable func(error) (after time.Duration, ok bool), request func() error,
) error {
	retries.earn(retryShare)
	for i := 0; ; i++ {
		err := request()
		if err == nil || i >= n {
			return err
		}
		after, ok := retryable(err)
		pause := max(after, backoff(i))
		if !ok || after > maxRetryAfter || !deadline.IsZero() && time.Until(deadline) <= pause || !retries.spend() {
			return err
		}
		if sleep(ctx, pause) != nil {
			return err
		}
	}
}

const (
	maxRetryStock = 200
	retryShare    = 0.2 // of a retry, that each request earns
)

var retries = &retryBudget{stock: maxRetryStock}

// retryBudget counts the retries that are left. Requests without a failure refill it.
type retryBudget struct {
	mu    sync.Mutex
	stock float64
}

func (b *retryBudget) earn(n float64) {
	b.mu.Lock()
	b.stock = min(b.stock+n, maxRetryStock)
	b.mu.Unlock()
}

func (b *retryBudget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stock < 1 {
		return false
	}
	b.stock--
	return true
}
