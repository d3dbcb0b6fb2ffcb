package blobdownload

import (
	"crypto/tls"
	"net"
	"net/http"
)

// abort breaks the connection, or the HTTP/2 stream, so that the client cannot take what it has for the
// whole. It does not return. To a client of HTTP/1.0 a body without a length ends when the connection is
// closed, and nginx before 1.29.7 is such a client: only a reset tells it.
func abort(w http.ResponseWriter, r *http.Request) {
	if !r.ProtoAtLeast(1, 1) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			reset(conn)
		}
	}
	panic(http.ErrAbortHandler)
}

func reset(conn net.Conn) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
