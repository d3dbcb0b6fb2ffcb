// Package wire is a way to a server that is as bad as a test wants: slow to answer, narrow, cut off. It counts
// what is on its way.
package wire

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Proxy passes connections of HTTP/1.1 on to a server, byte for byte. Its fields may be set at any time
// between requests.
type Proxy struct {
	Addr   string
	target string

	Delay atomic.Int64                       // nanoseconds before what a client says is passed on
	Rate  atomic.Int64                       // bytes a second of each connection's answers; 0 is without bound
	Harm  atomic.Pointer[func(n int64) Harm] // what befalls the n-th answer from 1

	conns, requests, inFlight atomic.Int64

	wg   sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]bool
}

// buffered is about how much of an answer has left the server before its client wants it.
const buffered = 128 << 10

// Start runs a proxy to an address until the test ends.
func Start(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &Proxy{Addr: l.Addr().String(), target: target, open: map[net.Conn]bool{}}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.conns.Add(1)
			p.wg.Go(func() { p.pass(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		for c := range p.open {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

// Conns is how many connections there have been.
func (p *Proxy) Conns() int { return int(p.conns.Load()) }

// Open is how many there are.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Requests is how many requests there have been.
func (p *Proxy) Requests() int { return int(p.requests.Load()) }

// InFlight is how many of them have an answer that was not passed on to its end, on a connection that is
// still there. A connection that is kept for the next request is not in flight.
func (p *Proxy) InFlight() int { return int(p.inFlight.Load()) }

func (p *Proxy) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	_ = server.(*net.TCPConn).SetReadBuffer(buffered)
	p.mu.Lock()
	p.open[client] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.open, client)
		p.mu.Unlock()
	}()
	newLink(p, client, server).run()
}
