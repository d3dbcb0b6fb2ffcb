package flight

import (
	"context"
	"sync"
)

// Each calls f for 0 to n-1, several at a time. It returns the first error, after which no further call begins and the
// context of the others is done. A panic of f is an error.
func Each(ctx context.Context, parallel, n int, f func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var running sync.WaitGroup
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == n || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range min(max(parallel, 1), n) {
		running.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				Conclude(func() error { return f(ctx, i) }, func(err error) {
					if err != nil {
						cancel(err)
					}
				})
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}
