package upstream

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// IsTransient reports whether a request without a response may succeed on another connection. A timeout is not transient.
func IsTransient(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) {
		return true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return !op.Timeout() && (op.Op == "read" || op.Op == "write")
	}
	return isHTTP2Abort(err)
}

// streamError has the fields of net/http's error for a reset stream, which is not exported. That error's method As
// copies them.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "stream reset" }

// connectionErrors begin the messages of net/http's other errors for an HTTP/2 connection that ended. Their types are
// not exported either.
var connectionErrors = []string{
	"http2: server sent GOAWAY",
	"http2: Transport received Server's graceful shutdown GOAWAY",
	"http2: client conn", // is closed, not usable, could not be established; connection lost
	"connection error: ", // a frame that the protocol does not permit
}

// isHTTP2Abort reports whether an HTTP/2 server ended the stream or the connection before the response.
func isHTTP2Abort(err error) bool {
	if _, ok := errors.AsType[streamError](err); ok {
		return true
	}
	for ; err != nil; err = errors.Unwrap(err) {
		for _, prefix := range connectionErrors {
			if strings.HasPrefix(err.Error(), prefix) {
				return true
			}
		}
	}
	return false
}
