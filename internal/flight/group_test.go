package flight_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/flight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type groups map[string]*flight.Group[int]

func both(limit time.Duration) groups {
	return groups{"attached": {Limit: limit, Attached: true}, "detached": {Limit: limit}}
}

// untilDone is a call that ends with its context.
func untilDone(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

func TestConcurrentCallersShareACall(t *testing.T) {
	t.Parallel()
	for name, g := range both(0) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int64
				var wg sync.WaitGroup
				for range 10 {
					wg.Go(func() {
						v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) {
							time.Sleep(time.Second)
							return int(calls.Add(1)), nil
						})
						assert.NoError(t, err)
						assert.Equal(t, 1, v)
					})
				}
				wg.Wait()
				v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return int(calls.Add(1)), nil })
				require.NoError(t, err)
				assert.Equal(t, 2, v, "a result is not cached")
			})
		})
	}
}

func TestE5CallIsCanceledWhenItsLastCallerLeaves(t *testing.T) {
	t.Parallel()
	for name, g := range both(time.Hour) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var running atomic.Int64
				call := func(ctx context.Context) (int, error) {
					running.Add(1)
					defer running.Add(-1)
					return untilDone(ctx)
				}
				for _, stays := range []time.Duration{time.Second, 2 * time.Second} {
					go func() {
						ctx, cancel := context.WithTimeout(t.Context(), stays)
						defer cancel()
						_, err := g.Do(ctx, "k", call)
						assert.ErrorIs(t, err, context.DeadlineExceeded)
						if name == "attached" && stays == 2*time.Second {
							assert.Zero(t, running.Load(), "it returns after the call")
						}
					}()
				}
				time.Sleep(1500 * time.Millisecond)
				assert.EqualValues(t, 1, running.Load(), "one caller is left")
				time.Sleep(time.Second)
				synctest.Wait()
				assert.Zero(t, running.Load())
			})
		})
	}
}

func TestZ8CallThatHangsDoesNotBlockItsKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &flight.Group[int]{Limit: time.Minute}
		release := make(chan struct{})
		hang := func(context.Context) (int, error) { <-release; return 1, nil }
		_, err := g.Do(t.Context(), "k", hang)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 2, nil })
		require.NoError(t, err)
		assert.Equal(t, 2, v)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = g.Do(ctx, "k", hang)
		require.ErrorIs(t, err, context.Canceled)
		v, err = g.Do(t.Context(), "k", func(context.Context) (int, error) { return 3, nil })
		require.NoError(t, err)
		assert.Equal(t, 3, v)
		close(release)
	})
}

func TestE6CallThatEndsItsGoroutineIsAnError(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(){"Goexit": runtime.Goexit, "boom": func() { panic("boom") }} {
		for name, g := range both(0) {
			_, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { end(); return 1, nil })
			require.ErrorContains(t, err, how, name)
			v, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 2, nil })
			require.NoError(t, err)
			assert.Equal(t, 2, v)
		}
	}
}

func TestErrorOfACallIsItsCallers(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, g := range both(time.Minute) {
		_, err := g.Do(t.Context(), "k", func(context.Context) (int, error) { return 0, failed })
		require.ErrorIs(t, err, failed, name)
	}
}

func TestCallMayContinueWithoutACaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &flight.Group[int]{Limit: time.Minute, Continues: true}
		calls := 0
		call := func(ctx context.Context) (int, error) {
			calls++
			time.Sleep(10 * time.Second)
			return calls, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := g.Do(ctx, "k", call)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		v, err := g.Do(t.Context(), "k", call)
		require.NoError(t, err)
		assert.Equal(t, 1, v, "the call of the first caller")
	})
}
