package faults_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

// reply is a response before it is written. Its length is that of Content-Length, or one of the two below.
type reply struct {
	status int
	header [][2]string
	body   []byte
	length int
	events []event
	after  []byte // follows the message
	last   bool   // the connection ends with it
	first  string // an interim response before it
}

const (
	chunked    = -1
	undeclared = -2 // neither body nor length
)

// event happens before the byte at a position of the body. It reports whether the body continues.
type event struct {
	at int
	do func() bool
}

func (r *reply) set(name, value string) {
	r.drop(name)
	if value != "" {
		r.header = append(r.header, [2]string{name, value})
	}
}

func (r *reply) add(name, value string) { r.header = append(r.header, [2]string{name, value}) }

func (r *reply) drop(name string) {
	r.header = slices.DeleteFunc(r.header, func(f [2]string) bool { return f[0] == name })
}

func (r *reply) get(name string) string {
	for _, f := range r.header {
		if f[0] == name {
			return f[1]
		}
	}
	return ""
}

func (r *reply) on(at int, do func() bool) { r.events = append(r.events, event{at, do}) }

// hasBody reports whether bytes of an object follow the head.
func (x *exchange) hasBody() bool {
	return x.req.Method == http.MethodGet && (x.status == http.StatusOK || x.status == http.StatusPartialContent) && len(x.body) > 0
}

// at draws a position of the body.
func (x *exchange) at() int { return x.dice.IntN(len(x.body)) }

// chunk is the unit in which a slow storage writes.
const chunk = 64 << 10

// write sends the reply, and reports whether the connection can carry another.
func (x *exchange) write() bool {
	_, _ = x.out.WriteString(x.first)
	fmt.Fprintf(x.out, "HTTP/1.1 %d %s\r\n", x.status, http.StatusText(x.status))
	switch {
	case x.length == chunked:
		x.add("Transfer-Encoding", "chunked")
	case x.length >= 0:
		x.add("Content-Length", strconv.Itoa(x.length))
	}
	for _, f := range x.header {
		fmt.Fprintf(x.out, "%s: %s\r\n", f[0], f[1])
	}
	_, _ = x.out.WriteString("\r\n")
	if x.req.Method != http.MethodHead && x.length != undeclared && !x.writeBody() {
		_ = x.out.Flush()
		return false
	}
	_, _ = x.out.Write(x.after)
	return x.out.Flush() == nil && !x.last && len(x.after) == 0
}

func (x *exchange) writeBody() bool {
	slices.SortStableFunc(x.events, func(a, b event) int { return a.at - b.at })
	at := 0
	for _, e := range x.events {
		end := min(e.at, len(x.body))
		if !x.writePart(x.body[at:end]) {
			return false
		}
		at = end
		if x.out.Flush() != nil || !e.do() {
			return false
		}
	}
	if !x.writePart(x.body[at:]) {
		return false
	}
	if x.length == chunked {
		_, _ = x.out.WriteString("0\r\n\r\n")
	}
	return true
}

func (x *exchange) writePart(b []byte) bool {
	for len(b) > 0 {
		n := len(b)
		if x.obj != nil && x.obj.style.slow {
			n = min(n, chunk)
			if x.out.Flush() != nil {
				return false
			}
			time.Sleep(time.Millisecond)
		}
		if x.length == chunked {
			fmt.Fprintf(x.out, "%x\r\n", n)
		}
		if _, err := x.out.Write(b[:n]); err != nil {
			return false
		}
		if x.length == chunked {
			_, _ = x.out.WriteString("\r\n")
		}
		b = b[n:]
	}
	return true
}

// stall holds the response until a time has passed, or until the client closes the connection. 0 holds it for ever: the
// client may have the whole body still to read, which takes a loaded machine seconds.
func (x *exchange) stall(d time.Duration) bool {
	if d == 0 {
		x.hold(5 * held)
		return false
	}
	return x.hold(d)
}

// hold reports whether the connection was still open after a time. From held on, it is one without a time limit.
func (x *exchange) hold(d time.Duration) bool {
	_ = x.conn.SetReadDeadline(time.Now().Add(d))
	_, err := x.in.Peek(1)
	_ = x.conn.SetReadDeadline(time.Time{})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	if d >= held {
		x.obj.trial.held.Store(true)
	}
	return d < held
}

// end closes the connection, with an RST or without.
func (x *exchange) end(reset bool) bool {
	if c, ok := x.conn.(*net.TCPConn); ok && reset {
		_ = c.SetLinger(0)
	}
	_ = x.conn.Close()
	return false
}
