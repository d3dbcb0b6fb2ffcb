package docstoreuses_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/docstore/memdocstore"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/docstoreuses"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ blobdownload.UseStore = (*docstoreuses.Uses)(nil)

// stores returns two stores of one collection, as two processes have them.
func stores(t *testing.T) [2]*docstoreuses.Uses {
	t.Helper()
	c, err := memdocstore.OpenCollection(docstoreuses.Key, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	return [2]*docstoreuses.Uses{docstoreuses.New(c), docstoreuses.New(c)}
}

// AL9: of concurrent uses of one link, one is the first.
func TestUseIsTrueOnce(t *testing.T) {
	t.Parallel()
	both := stores(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	first := 0
	for i := range 100 {
		wg.Go(func() {
			fresh, err := both[i%2].Use(t.Context(), "a", time.Now())
			assert.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			if fresh {
				first++
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, first)
	fresh, err := both[0].Use(t.Context(), "b", time.Now())
	require.NoError(t, err)
	assert.True(t, fresh)
}

// AL9: no concurrent update is lost.
func TestUpdatesAreAtomic(t *testing.T) {
	t.Parallel()
	both := stores(t)
	increment := func(state []byte) ([]byte, error) {
		n, _ := strconv.Atoi(string(state))
		return []byte(strconv.Itoa(n + 1)), nil
	}
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() { assert.NoError(t, both[i%2].Update(t.Context(), "a", time.Now(), increment)) })
	}
	wg.Wait()
	require.NoError(t, both[0].Update(t.Context(), "a", time.Now(), func(state []byte) ([]byte, error) {
		assert.Equal(t, "100", string(state))
		return nil, nil
	}))
	bad := errors.New("x")
	require.Equal(t, bad, both[0].Update(t.Context(), "a", time.Now(), func([]byte) ([]byte, error) { return []byte("lost"), bad }))
	require.NoError(t, both[1].Update(t.Context(), "a", time.Now(), func(state []byte) ([]byte, error) {
		assert.Equal(t, "100", string(state))
		return nil, nil
	}))
}

func TestOpen(t *testing.T) {
	t.Parallel()
	u, err := docstoreuses.Open(t.Context(), "mem://links/id")
	require.NoError(t, err)
	fresh, err := u.Use(t.Context(), "a", time.Now())
	require.NoError(t, err)
	assert.True(t, fresh)
	require.NoError(t, u.Close())
	_, err = u.Use(t.Context(), "b", time.Now())
	require.Error(t, err)
	require.Error(t, u.Update(t.Context(), "b", time.Now(), func([]byte) ([]byte, error) { return []byte("x"), nil }))
	_, err = docstoreuses.Open(t.Context(), "nosuchdb://links?password=secret")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "secret")
}

// The lock of an id is shared with other ids.
func TestUpdateWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	uses := stores(t)[0]
	locked, release := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		assert.NoError(t, uses.Update(t.Context(), "a", time.Now(), func([]byte) ([]byte, error) {
			close(locked)
			<-release
			return nil, nil
		}))
	})
	<-locked
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err := uses.Update(ctx, "a", time.Now(), func([]byte) ([]byte, error) { return []byte("lost"), nil })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(release)
	first.Wait()
}
