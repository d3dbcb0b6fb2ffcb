package blobdownload

import (
	"crypto/tls"
	"net"
	"net/http"
)

// abort breaks the connection, or the HTTP/2 stream, so that the client cannot take what it has for the
// whole. It does not return.
func abort(w http.ResponseWriter, r *http.Request) {
	resetHTTP10(w, r)
	panic(http.ErrAbortHandler)
}

// breakHTTP10 resets the connection of a client of HTTP/1.0, to which a body without a length ends when
// the connection is closed, as net/http does after a panic. nginx before 1.29.7 is such a client.
func resetHTTP10(w http.ResponseWriter, r *http.Request) {
	if r.ProtoAtLeast(1, 1) {
		return
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		resetConn(conn)
	}
}

// breakUnless is deferred around a body on its way: a source that panics must not end it cleanly.
func (t *transfer) resetUnless(sent *bool) {
	if !*sent {
		resetHTTP10(t.w, t.r)
	}
}

func resetConn(conn net.Conn) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
