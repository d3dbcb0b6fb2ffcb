package blobdownload

import (
	"crypto/tls"
	"net"
	"net/http"
	"runtime"
	"time"
)

// abort aborts the connection, or the HTTP/2 stream, so that the client detects a truncated body. It panics with
// http.ErrAbortHandler, after which net/http aborts the response. Middleware may recover the panic, so abort makes
// the connection unusable before. Where a writer hides the connection, it ends the handler's goroutine instead:
// no recover stops runtime.Goexit, and net/http closes the connection, or resets the stream, as after a panic.
func abort(w http.ResponseWriter, r *http.Request) {
	if !breakConnection(w, r) && served(r) {
		runtime.Goexit()
	}
	panic(http.ErrAbortHandler)
}

// served reports whether a net/http server has received the request. A test with a recorder has none.
func served(r *http.Request) bool {
	return r.Context().Value(http.ServerContextKey) != nil
}

// longAgo is a write deadline after which nothing is sent any more.
var longAgo = time.Unix(1, 0)

// breakConnection makes the response fail also if more is written afterwards, and reports whether it could.
//
// For an HTTP/1.0 client, a closed connection is the complete end of a body without a length. So the connection is
// reset. nginx before 1.29.7 is such a client. For other clients an expired write deadline suffices: on HTTP/1.1 no
// last chunk is sent, and on HTTP/2 it resets the stream.
func breakConnection(w http.ResponseWriter, r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) && hijackAndReset(w) {
		return true
	}
	return setWriteDeadline(w, longAgo) || r.ProtoMajor == 1 && hijackAndReset(w)
}

func setWriteDeadline(w http.ResponseWriter, deadline time.Time) bool {
	for ; w != nil; w = unwrap(w) {
		if d, ok := w.(deadliner); ok && d.SetWriteDeadline(deadline) == nil {
			return true
		}
	}
	return false
}

func hijackAndReset(w http.ResponseWriter) bool {
	for ; w != nil; w = unwrap(w) {
		if h, ok := w.(http.Hijacker); ok {
			if conn, _, err := h.Hijack(); err == nil {
				resetConn(conn)
				return true
			}
		}
	}
	return false
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
