package wire

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// link is one connection through a proxy. Its bytes are parsed to find where responses begin and end; parsing changes
// no byte.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	answers        *bufio.Reader // the server's responses
	down           *downstream
	asked          chan *http.Request
	gone           chan struct{} // closed when the client disconnects
}

func newLink(p *Proxy, client, server net.Conn) *link {
	l := &link{proxy: p, client: client, server: server, asked: make(chan *http.Request, 1), gone: make(chan struct{})}
	l.down = &downstream{proxy: p, client: client, server: server, gone: l.gone}
	l.answers = bufio.NewReaderSize(io.TeeReader(server, l.down), 32<<10)
	return l
}

// run returns when either side closes its connection.
func (l *link) run() {
	l.proxy.wg.Go(func() {
		l.passRequests()
		_ = l.server.Close()
	})
	l.passAnswers()
	_ = l.client.Close()
	for range l.asked { // without a response
		l.proxy.inFlight.Add(-1)
	}
}

func (l *link) passRequests() {
	defer close(l.asked)
	defer close(l.gone)
	r := bufio.NewReader(io.TeeReader(l.client, &upstream{l.proxy, l.server}))
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		l.proxy.inFlight.Add(1)
		l.asked <- req
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
	}
}

func (l *link) passAnswers() {
	for req := range l.asked {
		l.down.begin(l.proxy.requests.Add(1))
		last, err := l.passAnswer(req)
		l.proxy.inFlight.Add(-1)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			reset(l.client)
		}
		if last || err != nil {
			return
		}
	}
}

func (l *link) passAnswer(req *http.Request) (last bool, err error) {
	resp, err := http.ReadResponse(l.answers, req)
	if err != nil {
		return true, err
	}
	_, err = io.Copy(io.Discard, resp.Body) // not closed: Close would continue to read after a reset
	return resp.Close, err
}

// upstream is the io.Writer of requests.
type upstream struct {
	proxy  *Proxy
	server net.Conn
}

func (u *upstream) Write(b []byte) (int, error) {
	time.Sleep(time.Duration(u.proxy.Delay.Load()))
	return u.server.Write(b)
}

// reset closes a connection with a TCP reset, as a network failure does.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
