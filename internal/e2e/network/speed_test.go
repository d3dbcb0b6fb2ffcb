package network_test

import (
	"bufio"
	"crypto/sha256"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// narrow is the rate of one connection in bytes per second.
const narrow = 20 << 20

// timing is the measurement of one download.
type timing struct {
	first, whole time.Duration
	conns        int
	grown        uint64 // peak growth of memory
}

// timed downloads n bytes via narrow connections.
func timed(t *testing.T, s store, n int, tune wrapper.ReadOptions) (took timing) {
	t.Helper()
	r := newProxiedServer(t, s, tune)
	sum := r.putRandom(t, "k", n)
	r.proxy.Rate.Store(narrow)
	took.grown = peakMemory(func() {
		began := time.Now()
		resp, err := r.send(t.Context(), http.MethodGet, "k", nil)
		require.NoError(t, err)
		defer resp.Body.Close()
		body := bufio.NewReader(resp.Body)
		_, err = body.Peek(1)
		require.NoError(t, err)
		took.first = time.Since(began)
		h := sha256.New()
		_, err = io.Copy(h, body)
		require.NoError(t, err)
		took.whole = time.Since(began)
		assert.Equal(t, sum, [32]byte(h.Sum(nil)))
	})
	took.conns = r.proxy.Conns()
	return took
}

// putRandom stores n random bytes and returns their hash only.
func (r *storageServer) putRandom(t *testing.T, key string, n int) (sum [32]byte) {
	t.Helper()
	content := random(n, 1)
	r.put(t, key, content)
	return sha256.Sum256(content)
}

func TestReadAheadUsesSeveralNarrowConnections(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		one, many := 8<<20, max(64<<20, 4**size) // of one connection, each byte more takes as long
		alone := timed(t, s, one, single)
		assert.Equal(t, 1, alone.conns)
		several := timed(t, s, many, wrapper.ReadOptions{})
		assert.GreaterOrEqual(t, several.conns, 4, "several connections")
		speed := func(n int, took timing) float64 { return float64(n) / (1 << 20) / took.whole.Seconds() }
		t.Logf("one connection of %d MiB/s: first byte after %v, %.1f MiB/s of %d MiB", narrow>>20,
			alone.first.Round(time.Millisecond), speed(one, alone), one>>20)
		t.Logf("%d connections: first byte after %v, %.1f MiB/s of %d MiB, %.1f times as fast; memory grew by at most %.1f MiB", several.conns,
			several.first.Round(time.Millisecond), speed(many, several), many>>20, speed(many, several)/speed(one, alone), float64(several.grown)/(1<<20))
		assert.Less(t, several.grown, uint64(64<<20), "memory")
	})
}

// peakMemory runs f and returns the peak growth of memory in use, sampled every few milliseconds.
func peakMemory(f func()) uint64 {
	base, peak := inUse(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			peak = max(peak, inUse())
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak - min(base, peak)
}
