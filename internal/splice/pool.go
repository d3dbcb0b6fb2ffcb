package splice

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Limit is how many pipes a process has. Together they have half of the pages that Linux leaves to the pipes of a user
// without privileges (pipe-user-pages-soft). Idle pipes remain open: each has two descriptors, and no pages.
const Limit = 32

var pool struct {
	sync.Mutex
	free []*Pipe
	used int

	pipes atomic.Pointer[map[*byte]*Pipe] // all, by the first byte of the window. The map is replaced, not changed
}

// Take returns an empty pipe, or nil if all are in use or the system has none.
func Take() *Pipe {
	pool.Lock()
	defer pool.Unlock()
	var p *Pipe
	switch n := len(pool.free); {
	case n > 0:
		p = pool.free[n-1]
		pool.free = pool.free[:n-1]
	case pool.used < Limit:
		if p = newPipe(); p == nil {
			return nil
		}
		register(func(m map[*byte]*Pipe) { m[&p.window[0]] = p })
	default:
		return nil
	}
	pool.used++
	return p
}

// Put takes a pipe back that nothing reads into any more. It closes one that is not empty: the bytes are of one client.
func Put(p *Pipe) {
	pool.Lock()
	defer pool.Unlock()
	pool.used--
	if p.held > 0 {
		register(func(m map[*byte]*Pipe) { delete(m, &p.window[0]) })
		p.close()
		return
	}
	p.clean()
	pool.free = append(pool.free, p)
}

// register replaces the map of pipes by a changed copy.
func register(change func(map[*byte]*Pipe)) {
	m := map[*byte]*Pipe{}
	if now := pool.pipes.Load(); now != nil {
		m = maps.Clone(*now)
	}
	change(m)
	pool.pipes.Store(&m)
}

// pipeOf returns the pipe whose window b is the start of, or nil.
func pipeOf(b []byte) *Pipe {
	if len(b) < least {
		return nil
	}
	m := pool.pipes.Load()
	if m == nil {
		return nil
	}
	return (*m)[&b[0]]
}
