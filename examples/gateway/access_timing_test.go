package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// A wrong password takes as many rounds for a user with a cheap hash as for one with an expensive hash, and as for no user.
func TestWrongPasswordsTakeTheSameRounds(t *testing.T) {
	t.Parallel()
	const highest = 9
	for cost := bcrypt.MinCost; cost <= highest; cost++ {
		hash, err := bcrypt.GenerateFromPassword([]byte("right"), cost)
		require.NoError(t, err)
		rounds := 0
		for _, compared := range append(fillers(hash, highest), hash) {
			require.ErrorIs(t, bcrypt.CompareHashAndPassword(compared, []byte("wrong")), bcrypt.ErrMismatchedHashAndPassword, "%s", compared)
			rounds += 1 << costOf(compared)
		}
		assert.Equal(t, 1<<highest, rounds, "cost %d", cost)
	}
	assert.Equal(t, highest, costOf(dummyHash(highest)))
	assert.Empty(t, fillers(dummyHash(highest), highest))
}
