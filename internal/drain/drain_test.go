package drain_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/drain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ended returns a context that has ended.
func ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestAcquireFailsAfterClose(t *testing.T) {
	t.Parallel()
	var g drain.Group
	require.True(t, g.Acquire())
	assert.True(t, g.Close(), "the first Close")
	assert.False(t, g.Close(), "the second Close")
	assert.False(t, g.Acquire())
	assert.Equal(t, 1, g.InFlight(), "a failed Acquire counts nothing")
	g.Release()
	assert.Zero(t, g.InFlight())
	require.NoError(t, g.Wait(ended(t)))
}

func TestWaitReturnsAfterTheLastRelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g drain.Group
		require.True(t, g.Acquire())
		require.True(t, g.Acquire())
		var drained atomic.Int32
		for range 3 { // every waiter returns
			go func() {
				assert.NoError(t, g.Wait(t.Context()))
				drained.Add(1)
			}()
		}
		synctest.Wait()
		assert.False(t, g.Acquire(), "Wait closes the group")
		g.Release()
		synctest.Wait()
		assert.Zero(t, drained.Load(), "one operation is in flight")
		g.Release()
		synctest.Wait()
		assert.EqualValues(t, 3, drained.Load())
	})
}

func TestWaitReturnsTheErrorOfItsContext(t *testing.T) {
	t.Parallel()
	var g drain.Group
	require.True(t, g.Acquire())
	require.ErrorIs(t, g.Wait(ended(t)), context.Canceled)
	assert.Equal(t, 1, g.InFlight())
	g.Release()
	require.NoError(t, g.Wait(ended(t)), "an idle group needs no time")
}

func TestReleaseWithoutAcquirePanics(t *testing.T) {
	t.Parallel()
	var g drain.Group
	assert.Panics(t, g.Release)
}

// After Wait has returned nil, no operation is in flight and none begins.
func TestConcurrentOperationsAreDrained(t *testing.T) {
	t.Parallel()
	var (
		g       drain.Group
		running atomic.Int32
		workers sync.WaitGroup
	)
	begun := make(chan struct{}, 8)
	for range cap(begun) {
		workers.Go(func() {
			for first := true; g.Acquire(); first = false {
				running.Add(1)
				if first {
					begun <- struct{}{}
				}
				running.Add(-1)
				g.Release()
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	require.NoError(t, g.Wait(t.Context()))
	assert.Zero(t, running.Load())
	assert.Zero(t, g.InFlight())
	workers.Wait()
}
