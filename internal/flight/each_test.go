package flight_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/flight"
)

func TestEachIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int64
		goOn := make(chan struct{})
		ended := make(chan error)
		go func() {
			ended <- flight.Each(t.Context(), 3, 10, func(context.Context, int) error {
				begun.Add(1)
				<-goOn
				return nil
			})
		}()
		synctest.Wait()
		assert.EqualValues(t, 3, begun.Load())
		close(goOn)
		require.NoError(t, <-ended)
		assert.EqualValues(t, 10, begun.Load())
	})
}

func TestEachEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, f := range map[string]func() error{"error": func() error { return boom }, "panic": func() error { panic(boom) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := flight.Each(t.Context(), 1, 10, func(context.Context, int) error {
				calls++
				return f()
			})
			require.ErrorContains(t, err, "boom")
			assert.Equal(t, 1, calls)
		})
	}
}
