package faults_test

import (
	"bufio"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// origin is a fake storage over TCP, S3 and a plain HTTP server at once. It writes responses byte by byte, which
// net/http would correct.
type origin struct {
	addr    string
	refused string // an address that refuses connections
	objects sync.Map
	busy    atomic.Int64 // connections with a request in flight
	wg      sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

func startOrigin(t *testing.T) *origin {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	o := &origin{addr: l.Addr().String(), refused: gone.Addr().String(), conns: map[net.Conn]bool{}}
	o.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if o.track(c) {
				o.wg.Go(func() { o.serve(c) })
			}
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		o.closeAll()
		o.wg.Wait()
	})
	return o
}

func (o *origin) track(c net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		_ = c.Close()
		return false
	}
	o.conns[c] = true
	return true
}

func (o *origin) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for c := range o.conns {
		_ = c.Close()
	}
}

// object returns the object at a path, or nil.
func (o *origin) object(path string) *object {
	v, ok := o.objects.Load(path)
	if !ok {
		return nil
	}
	return v.(*object)
}

func (o *origin) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.conns, c)
	}()
	r := bufio.NewReader(c)
	w := bufio.NewWriterSize(c, 64<<10)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		o.busy.Add(1)
		again := o.answer(&exchange{req: req, conn: c, in: r, out: w})
		o.busy.Add(-1)
		if !again {
			return
		}
	}
}

// exchange is one request with the response to it.
type exchange struct {
	req  *http.Request
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer

	obj     *object
	dice    dice
	version *version
	ignore  bool // preconditions and the requested version
	reply
}

// answer writes the response, and reports whether the connection can carry another.
func (o *origin) answer(x *exchange) bool {
	x.obj = o.object(x.req.URL.Path)
	if x.obj == nil {
		x.refuse(http.StatusNotFound, "NoSuchKey")
		return x.write()
	}
	n, err := strconv.Atoi(x.req.Header.Get(numberField))
	if err != nil {
		x.refuse(http.StatusBadRequest, "InvalidRequest")
		return x.write()
	}
	f := x.obj.trial.script.at(n)
	x.dice = f.dice()
	if f.kind != nil && f.kind.before != nil {
		f.kind.before(x)
	}
	x.honest()
	name := ""
	if f.kind != nil && (f.kind.fits == nil || f.kind.fits(x)) {
		name = f.kind.name
		x.obj.apply(name)
		if f.kind.do != nil && !f.kind.do(x) {
			x.obj.trial.logf("    %d %s %s%s: %s\n", n, x.req.Method, x.req.URL, shown(x.req.Header), name)
			return false
		}
	}
	if x.req.URL.Query().Has("partNumber") && x.status >= 400 && x.status < 500 && x.status != http.StatusTooManyRequests {
		x.obj.refuseParts()
	}
	h := http.Header{}
	for _, field := range x.header {
		h.Add(field[0], field[1])
	}
	x.obj.trial.logf("    %d %s %s%s: %d%s length %d, %d bytes %s\n", n, x.req.Method, x.req.URL, shown(x.req.Header), x.status, shown(h), x.length,
		len(x.body), name)
	return x.write()
}

// numberField carries the number of a request within its trial, by which the script is read.
const numberField = "X-Trial-Request"

// numbered is the transport to the origin. It numbers the requests of each trial, and makes the connection of
// some be refused.
type numbered struct {
	base   *http.Transport
	origin *origin
}

func (n *numbered) RoundTrip(r *http.Request) (*http.Response, error) {
	o := n.origin.object(r.URL.Path)
	if o == nil {
		return n.base.RoundTrip(r)
	}
	number := int(o.trial.requests.Add(1)) - 1
	r = r.Clone(r.Context())
	r.Header.Set(numberField, strconv.Itoa(number))
	if f := o.trial.script.at(number); f.kind != nil && f.kind.name == refusedKind {
		o.apply(refusedKind)
		r.URL.Host, r.Host = n.origin.refused, n.origin.addr
	}
	return n.base.RoundTrip(r)
}

// ofS3 reports whether a request is one of S3.
func (x *exchange) ofS3() bool { return strings.HasPrefix(x.req.Header.Get("Authorization"), "AWS4") }
