package s3_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A proxy in front of the store sets a Date of its own.
func TestW9WrongDateOfAProxyIsNotLearnt(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startService(t)
			s.answer = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(2*time.Hour).UTC().Format(http.TimeFormat))
				w.Header().Set("ETag", `"x"`)
				_, _ = w.Write([]byte("content"))
			}
			f := wrapper.Blob(s.bucket(t, change), "k")
			for range 5 {
				_, err := fetch(t, f)
				require.NoError(t, err)
			}
			assert.Zero(t, s.refused.Load())
		})
	}
}

// The clock is learnt on either route, from the first refusal.
func TestW10SignedURLHoldsByTheStoresClock(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
			t.Helper()
			s.Skew(skew)
			for range 3 {
				_, err := fetch(t, f)
				require.NoError(t, err)
			}
			assert.Equal(t, []int{403, 200, 200, 200}, objectserver.Statuses(s.Take()))
			signed, err := f.SignedURL(t.Context(), wrapper.SignOptions{})
			require.NoError(t, err)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, signed, http.NoBody)
			require.NoError(t, err)
			resp, err := s.Client().Transport.RoundTrip(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, http.StatusOK, resp.StatusCode)
		})
	}
}
