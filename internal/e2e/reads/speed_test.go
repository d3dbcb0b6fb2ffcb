package reads_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// peakMemory runs f and tells by how much the heap in use grew at most, looked at every few milliseconds.
func peakMemory(f func()) uint64 {
	var m runtime.MemStats
	debug.FreeOSMemory()
	runtime.ReadMemStats(&m)
	base, peak := m.HeapInuse+m.StackInuse, uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse+m.StackInuse)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak - min(base, peak)
}

func TestReadAheadUsesSeveralNarrowConnections(t *testing.T) {
	const rate = 20 << 20
	sizes := map[int]int{-1: 32 << 20, 0: 256 << 20} // one connection takes as long for each byte of more
	took := map[int]time.Duration{}
	firstByte := map[int]time.Duration{}
	for _, parts := range []int{-1, 0} {
		r := newRig(t, wrapper.Transfer{ReadAhead: parts})
		content := random(sizes[parts], 1)
		r.put(t, "k", content)
		r.proxy.Rate.Store(rate)
		before := r.proxy.Conns()
		grown := peakMemory(func() {
			began := time.Now()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.front.URL+"/k", http.NoBody)
			require.NoError(t, err)
			resp, err := r.front.Client().Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			body := bufio.NewReader(resp.Body)
			_, err = body.Peek(1)
			require.NoError(t, err)
			firstByte[parts] = time.Since(began)
			h := sha256.New()
			_, err = io.Copy(h, body)
			require.NoError(t, err)
			took[parts] = time.Since(began)
			assert.Equal(t, sha256.Sum256(content), [32]byte(h.Sum(nil)))
		})
		assert.Less(t, grown, uint64(64<<20), "memory")
		t.Logf("ReadAhead %d: %d MiB in %v, first byte after %v, %d connections, memory grew by at most %.1f MiB",
			parts, sizes[parts]>>20, took[parts].Round(time.Millisecond), firstByte[parts].Round(time.Millisecond), r.proxy.Conns()-before, float64(grown)/(1<<20))
		if parts == 0 {
			assert.Greater(t, r.proxy.Conns()-before, 4, "several connections")
		}
	}
	speed := func(parts int) float64 { return float64(sizes[parts]) / took[parts].Seconds() }
	t.Logf("%.1f times the speed of one connection", speed(0)/speed(-1))
}

func TestOneDelayToTheFirstByte(t *testing.T) {
	r := newRig(t, wrapper.Transfer{})
	r.put(t, "k", random(100_000, 1))
	const delay = 20 * time.Millisecond
	_, _, err := r.get(t.Context(), "k") // the connection is there
	require.NoError(t, err)
	resp, err := http.Head(r.front.URL + "/k")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	etag := resp.Header.Get("ETag")
	r.proxy.Delay.Store(int64(delay))
	for name, tc := range map[string]struct {
		field, value string
		status       int
	}{
		"whole": {"", "", 200}, "range": {"Range", "bytes=10-19", 206}, "suffix": {"Range", "bytes=-5", 206}, "304": {"If-None-Match", etag, 304},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.front.URL+"/k", http.NoBody)
		require.NoError(t, err)
		if tc.field != "" {
			req.Header.Set(tc.field, tc.value)
		}
		best := time.Hour
		for range 5 {
			began := time.Now()
			resp, err := r.front.Client().Do(req)
			require.NoError(t, err)
			took := time.Since(began)
			_, err = io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, tc.status, resp.StatusCode)
			best = min(best, took)
		}
		t.Logf("%s: first byte after %v with %v of delay", name, best.Round(100*time.Microsecond), delay)
		assert.Less(t, best, 2*delay, "%s: one delay, not two", name)
	}
}

func TestSlowClientsHoldLittle(t *testing.T) {
	r := newRig(t, direct)
	r.put(t, "k", random(64<<20, 1))
	_, _, err := r.get(t.Context(), "k") // what is made once
	require.NoError(t, err)
	before := inUse()
	var conns []net.Conn
	for range *clients {
		c, err := net.Dial("tcp", r.front.Listener.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		require.NoError(t, c.(*net.TCPConn).SetReadBuffer(16<<10))
		_, err = io.WriteString(c, "GET /k HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		conns = append(conns, c)
	}
	buf := make([]byte, 1024)
	for range 20 {
		for _, c := range conns {
			require.NoError(t, c.SetReadDeadline(time.Now().Add(30*time.Second)))
			_, err := c.Read(buf)
			require.NoError(t, err)
		}
	}
	grown := inUse() - before
	t.Logf("%d slow clients of 64 MiB hold %.1f KiB each", *clients, float64(grown)/float64(*clients)/1024)
	assert.Less(t, grown/uint64(*clients), uint64(100<<10))
}

// inUse is the memory in use once garbage is gone.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // pools give their buffers up at the second
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

func TestClientsThatLeave(t *testing.T) {
	r := newRig(t, wrapper.Transfer{})
	r.put(t, "k", random(32<<20, 1))
	goroutines := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range *clients {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.front.URL+"/k", http.NoBody)
			assert.NoError(t, err)
			resp, err := r.front.Client().Do(req)
			if !assert.NoError(t, err) {
				return
			}
			_, err = io.ReadFull(resp.Body, make([]byte, 1024))
			assert.NoError(t, err)
			cancel()
			_ = resp.Body.Close()
		})
	}
	wg.Wait()
	r.front.Client().CloseIdleConnections()
	left := func() int { return r.proxy.Open() }
	assert.Eventually(t, func() bool { return left() <= 64 }, 5*time.Second, 10*time.Millisecond, "upstream reads in flight")
	r.wire.CloseIdleConnections()
	assert.Eventually(t, func() bool { return left() == 0 && runtime.NumGoroutine() <= goroutines+5 }, 10*time.Second, 20*time.Millisecond)
	t.Logf("%d clients left; %d connections and %d goroutines more than before", *clients, left(), runtime.NumGoroutine()-goroutines)
}
