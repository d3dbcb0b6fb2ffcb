package wrapper_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// LD14, LD17: every call that waits for a Stat gets its error, and the next call makes a new request.
func TestFailedStatsAreNotCached(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"error", "panic"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFaultyStore(t, []byte(digits))
			var broken atomic.Bool
			broken.Store(true)
			s.panics.Store(name == "panic")
			s.before = func(_ int64, w http.ResponseWriter, _ *http.Request) bool {
				if broken.Load() {
					w.WriteHeader(http.StatusInternalServerError)
				}
				return broken.Load()
			}
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					_, err := s.file().WithReadOptions(wrapper.ReadOptions{Retries: -1}).Stat(t.Context())
					assert.Error(t, err)
				})
			}
			wg.Wait()
			broken.Store(false)
			s.panics.Store(false)
			info, err := s.file().Stat(t.Context())
			require.NoError(t, err)
			assert.Equal(t, int64(10), info.Size)
		})
	}
}
