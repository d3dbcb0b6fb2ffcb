package network_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Reads of the storage end when their clients abort. The proxy counts responses in flight; an idle connection does
// not count.
func TestClientsThatLeave(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, wrapper.ReadOptions{})
		r.put(t, "k", random(8<<20, 1))
		r.proxy.Rate.Store(128 << 10) // so that the body is in flight, and not in the buffers of sockets
		goroutines := runtime.NumGoroutine()
		sampled := make(chan struct{})
		var arrived, left sync.WaitGroup
		arrived.Add(*clients)
		for range *clients {
			left.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				resp, err := r.send(ctx, http.MethodGet, "k", nil)
				if assert.NoError(t, err) {
					_, err = io.ReadFull(resp.Body, make([]byte, 1024))
					assert.NoError(t, err)
				}
				arrived.Done()
				<-sampled
				cancel()
				if err == nil {
					_ = resp.Body.Close()
				}
			})
		}
		arrived.Wait()
		peak := r.proxy.InFlight()
		close(sampled)
		left.Wait()
		began := time.Now()
		assert.Eventually(t, func() bool { return r.proxy.InFlight() == 0 }, 20*time.Second, time.Millisecond, "reads in flight")
		ended := time.Since(began)
		r.front.Client().CloseIdleConnections()
		r.closeIdle()
		assert.Eventually(t, func() bool { return r.proxy.Open() == 0 && runtime.NumGoroutine() <= goroutines+5 },
			20*time.Second, 5*time.Millisecond, "connections and goroutines")
		t.Logf("%d clients left together: of %d reads in flight none after %v, and %d goroutines more than before after %v", *clients,
			peak, ended.Round(time.Millisecond), max(0, runtime.NumGoroutine()-goroutines), time.Since(began).Round(time.Millisecond))
		assert.Equal(t, *clients, peak)
	})
}
