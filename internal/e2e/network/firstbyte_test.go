package network_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Each request to the storage costs one delay. The first byte waits for one delay, not for two.
func TestOneDelayToTheFirstByte(t *testing.T) {
	const delay = 20 * time.Millisecond
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, wrapper.ReadOptions{})
		r.put(t, "k", random(100_000, 1))
		resp, err := r.send(t.Context(), http.MethodHead, "k", nil) // the connection is there
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		etag := resp.Header.Get("ETag")
		require.NotEmpty(t, etag)
		r.proxy.Delay.Store(int64(delay))
		suffix := 1
		if _, azure := s.(*azureStore); azure {
			suffix = 2 // the service has no suffix ranges: a first request returns the length
		}
		for _, tc := range []struct {
			name, field, value string
			status, delays     int
		}{
			{"whole", "Accept", "*/*", 200, 1},
			{"range", "Range", "bytes=10-19", 206, 1},
			{"suffix", "Range", "bytes=-5", 206, suffix},
			{"304", "If-None-Match", etag, 304, 1},
		} {
			best := time.Hour
			for range 5 {
				before, began := r.proxy.Requests(), time.Now()
				resp, err := r.send(t.Context(), http.MethodGet, "k", http.Header{tc.field: {tc.value}})
				require.NoError(t, err)
				best = min(best, time.Since(began))
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				require.Equal(t, tc.status, resp.StatusCode)
				assert.Equal(t, tc.delays, r.proxy.Requests()-before, "%s: requests to the store", tc.name)
			}
			t.Logf("%s: first byte after %v, with %d of %v of delay", tc.name, best.Round(100*time.Microsecond), tc.delays, delay)
			assert.GreaterOrEqual(t, best, time.Duration(tc.delays)*delay)
		}
	})
}
