// Package wire is a way to a server that is as bad as a test wants: slow to answer, narrow, cut off.
package wire

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Proxy passes TCP connections on to a server. Its fields may be set at any time between requests.
type Proxy struct {
	Addr   string
	target string

	Delay atomic.Int64                          // nanoseconds before what a client says is passed on
	Rate  atomic.Int64                          // bytes a second of each connection's answers; 0 is without bound
	Harm  atomic.Pointer[func(conn int64) Harm] // what befalls the answers of the n-th connection from 1
	conns atomic.Int64
	wg    sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
}

// Harm befalls the answers of one connection. Offsets count every byte of them, headers too.
type Harm struct {
	CutAfter int64  // reset the connection after so many bytes; 0 never
	FlipAt   int64  // change one bit of this byte; 0 none
	Then     func() // called at the cut
}

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
			p.wg.Go(func() { p.pass(c, p.conns.Add(1)) })
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

func (p *Proxy) pass(client net.Conn, n int64) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.open[client] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.open, client)
		p.mu.Unlock()
	}()
	p.wg.Go(func() {
		p.requests(server, client)
		_ = server.Close()
	})
	p.answers(client, server, n)
}

func (p *Proxy) requests(server, client net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			time.Sleep(time.Duration(p.Delay.Load()))
			if _, werr := server.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) answers(client, server net.Conn, conn int64) {
	var harm Harm
	if h := p.Harm.Load(); h != nil {
		harm = (*h)(conn)
	}
	buf := make([]byte, 32<<10)
	var total int64
	began, paced := time.Now(), int64(0)
	for {
		n, err := server.Read(buf)
		if err != nil && n == 0 {
			if err != io.EOF {
				reset(client)
			}
			return
		}
		block := buf[:n]
		if at := harm.FlipAt - total; harm.FlipAt > 0 && at >= 0 && at < int64(n) {
			block[at] ^= 1
		}
		if harm.CutAfter > 0 && total+int64(n) >= harm.CutAfter {
			_, _ = client.Write(block[:harm.CutAfter-total])
			if harm.Then != nil {
				harm.Then()
			}
			reset(client)
			return
		}
		if _, err := client.Write(block); err != nil {
			return
		}
		total += int64(n)
		rate := p.Rate.Load()
		if rate == 0 {
			continue
		}
		if idle := time.Since(began) - time.Duration(paced)*time.Second/time.Duration(rate); idle > 100*time.Millisecond {
			began, paced = time.Now(), 0 // the connection was not in use
		}
		paced += int64(n)
		time.Sleep(time.Until(began.Add(time.Duration(paced) * time.Second / time.Duration(rate))))
	}
}

// reset ends a connection as a network that fails does.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
