package bench

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cost is the CPU time, the allocations and the traffic of this process.
type cost struct {
	cpu           time.Duration
	allocs, bytes uint64
	requests      int
	sent          int64
}

func spent(t testing.TB) cost {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return cost{
		cpu:    time.Duration(u.Utime.Nano() + u.Stime.Nano()),
		allocs: m.Mallocs,
		bytes:  m.TotalAlloc,
	}
}

// measure lets clients download a URL and adds the cost.
func (c *cost) measure(t testing.TB, url string, count, parallel int) {
	t.Helper()
	before := spent(t)
	c.sent += clients(t, url, count, parallel)
	after := spent(t)
	c.cpu += after.cpu - before.cpu
	c.allocs += after.allocs - before.allocs
	c.bytes += after.bytes - before.bytes
	c.requests += count
}

func (c *cost) perRequest(total float64) float64 { return total / float64(c.requests) }

func (c *cost) cpuPerRequest() float64 { return c.perRequest(float64(c.cpu.Nanoseconds())) / 1e3 }

func (c *cost) cpuPerGiB() float64 { return c.cpu.Seconds() / (float64(c.sent) / (1 << 30)) }
