// Package wire is a TCP proxy for HTTP/1.1 that delays, throttles, drops and corrupts responses. It counts
// connections, requests and responses in flight.
package wire

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Proxy forwards HTTP/1.1 connections to a server byte by byte. Its fields may be set at any time between requests.
type Proxy struct {
	Addr   string
	target string

	Delay atomic.Int64                       // before each write to the server, in nanoseconds; 0 is none
	Rate  atomic.Int64                       // of each connection's responses, in bytes per second; 0 is unlimited
	Harm  atomic.Pointer[func(n int64) Harm] // returns the harm of the n-th response, counted from 1; nil is none

	conns, requests, inFlight atomic.Int64

	wg   sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]bool
}

// buffered is the receive buffer in front of the server, in bytes: about what the server sends ahead of its client.
const buffered = 128 << 10

// Start runs a proxy to the server at target, a host and port, until the test ends.
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

// Conns returns the number of connections so far.
func (p *Proxy) Conns() int { return int(p.conns.Load()) }

// Open returns the number of open connections.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Requests returns the number of requests so far.
func (p *Proxy) Requests() int { return int(p.requests.Load()) }

// InFlight returns the number of requests whose response is not complete and whose connection is open. An idle
// connection is not in flight.
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
