package blobdownload

import (
	"crypto/tls"
	"net"
	"net/http"
)

// abort aborts the connection, or the HTTP/2 stream, so that the client detects a truncated body. It panics with
// http.ErrAbortHandler.
func abort(w http.ResponseWriter, r *http.Request) {
	resetHTTP10(w, r)
	panic(http.ErrAbortHandler)
}

// resetHTTP10 resets the connection of an HTTP/1.0 client. To it the close of the connection, which net/http does
// after a panic, is the complete end of a body without a length. nginx before 1.29.7 is such a client.
func resetHTTP10(w http.ResponseWriter, r *http.Request) {
	if r.ProtoAtLeast(1, 1) {
		return
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		resetConn(conn)
	}
}

// resetUnless is deferred while a body is sent: if its source panics, an HTTP/1.0 client must detect that.
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
