package splice

import (
	"context"
	"net"
	"syscall"
)

// Conn is a TCP connection whose Read into the window of a Pipe moves the bytes to the pipe.
type Conn struct {
	*net.TCPConn

	raw syscall.RawConn
}

// Read reads from the connection.
func (c *Conn) Read(b []byte) (int, error) {
	if p := pipeOf(b); p != nil {
		return p.receive(c, b)
	}
	return c.TCPConn.Read(b)
}

// Dial returns a DialContext, as of net.Dialer, whose TCP connections are a Conn. It leaves any other connection as it is.
func Dial(
	dial func(ctx context.Context, network, address string) (net.Conn, error),
) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		tcp, ok := c.(*net.TCPConn)
		if !ok {
			return c, nil
		}
		raw, err := tcp.SyscallConn()
		if err != nil {
			return c, nil //nolint:nilerr // a connection that is closed already fails by itself
		}
		return &Conn{tcp, raw}, nil
	}
}
