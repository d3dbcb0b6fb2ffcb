package e2e_test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// cutProxy passes TCP connections on to a server until it is told to cut: then it breaks every
// connection after so many bytes of answer, and takes no further one.
type cutProxy struct {
	addr   string
	target string
	left   atomic.Int64 // bytes until the cut; negative for never
	wg     sync.WaitGroup
}

func startCutProxy(t *testing.T, target string) *cutProxy {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &cutProxy{addr: l.Addr().String(), target: target}
	p.left.Store(-1)
	p.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.pass(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.wg.Wait()
	})
	return p
}

// cutAfter lets n more bytes of answers pass.
func (p *cutProxy) cutAfter(n int64) { p.left.Store(n) }

func (p *cutProxy) pass(client net.Conn) {
	defer client.Close()
	if p.left.Load() == 0 {
		return
	}
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.wg.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		if left := p.left.Load(); left >= 0 {
			n = int(min(int64(n), left))
			p.left.Add(int64(-n))
		}
		if _, werr := client.Write(buf[:n]); werr != nil || err != nil || p.left.Load() == 0 {
			return
		}
	}
}

// through returns a bucket URL with its endpoint replaced by the proxy.
func (p *cutProxy) through(t *testing.T, bucketURL string) string {
	t.Helper()
	u, err := url.Parse(bucketURL)
	require.NoError(t, err)
	q := u.Query()
	q.Set("endpoint", "http://"+p.addr)
	u.RawQuery = q.Encode()
	return u.String()
}

// endpoint is the address of the server behind a bucket URL.
func endpoint(t *testing.T, bucketURL string) string {
	t.Helper()
	u, err := url.Parse(bucketURL)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Query().Get("endpoint"), "http://")
}
