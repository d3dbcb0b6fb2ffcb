package drain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/drain"
)

// A held group that closes is still usable by the operation that holds it, until its end.
func TestHoldIsCountedOnceUntilItsEnd(t *testing.T) {
	t.Parallel()
	var a, b, c drain.Group
	var h drain.Hold
	ctx := drain.WithHold(drain.WithHold(t.Context(), new(drain.Hold)), &h)
	require.Same(t, &h, drain.HoldOf(ctx))
	assert.Nil(t, drain.HoldOf(t.Context()))
	for range 2 {
		require.True(t, h.Acquire(&a))
		require.True(t, h.Acquire(&b))
	}
	assert.Equal(t, 1, a.InFlight())
	a.Close()
	c.Close()
	assert.True(t, h.Acquire(&a))
	assert.False(t, h.Acquire(&c), "closed before its first use")
	h.End()
	h.End()
	assert.Zero(t, a.InFlight()+b.InFlight())
	assert.False(t, h.Acquire(&b), "the operation has ended")
	require.NoError(t, a.Wait(ended(t)))
}
