package network_test

import (
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestSlowClientsHoldLittle(t *testing.T) {
	eachStoreApart(t, func(t *testing.T, s store) {
		r := newDirectServer(t, s, s.addr(), wrapper.ReadOptions{})
		n := max(16<<20, *size)
		r.put(t, "k", random(n, 1))
		_, _, err := r.get(t.Context(), "k") // allocates everything that is allocated once
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
		t.Logf("%d slow clients of %d MiB hold %.1f KiB each", *clients, n>>20, float64(grown)/float64(*clients)/1024)
		assert.Less(t, grown/uint64(*clients), uint64(100<<10))
	})
}

// inUse returns the memory in use after a garbage collection.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the second collection frees the buffers of pools
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
