package splice

import (
	"errors"
	"io"
	"net"
	"syscall"
)

const (
	// Size is the length of a window in bytes. A pipe holds as much in pages of 4 KiB.
	Size = 1 << 20

	// least is the length of the shortest Read that moves bytes to a pipe.
	least = 16 << 10

	// mirrored is how much of a mirrored pipe a Read receives at most: its reader finds the bytes in the CPU's cache.
	mirrored = 512 << 10
)

// Pipe is a buffer in the kernel, for one goroutine. It comes from [Take] and goes back with [Put].
type Pipe struct {
	window  []byte
	in, out int  // descriptors
	held    int  // bytes in the pipe
	mirror  bool // reads copy to the window, too
	touched bool // the window has pages

	want, moved int // of the splice in progress
	failure     error
	fill, drain func(fd uintptr) bool // for a syscall.RawConn; a method value for each call would be an allocation
}

// Window returns the slice that stands for the pipe.
func (p *Pipe) Window() []byte { return p.window }

// Len returns how many bytes are in the pipe.
func (p *Pipe) Len() int { return p.held }

// errUnread is the error of bytes in the pipe that a Read into the window did not return: a reader has dropped them.
var errUnread = errors.New("splice: the pipe holds bytes that were not read")

// Rest returns those of the last n bytes read into the window that follow the bytes in the pipe.
func (p *Pipe) Rest(n int) ([]byte, error) {
	if n < p.held {
		return nil, errUnread
	}
	p.touched = p.touched || n > p.held
	return p.window[p.held:n], nil
}

// Mirror makes the pipe whose window b is, if it is one, copy what it receives to the window as well, until Put.
func Mirror(b []byte) {
	if p := pipeOf(b); p != nil {
		p.mirror, p.touched = true, true
	}
}

// Read implements io.Reader, for writers that do not use WriteTo. It returns io.EOF when the pipe is empty.
func (p *Pipe) Read(b []byte) (int, error) {
	if p.held == 0 {
		return 0, io.EOF
	}
	return p.read(b)
}

// WriteTo empties the pipe. Bytes that were not written remain in it only if dst is a TCP connection: other errors of dst
// are final.
func (p *Pipe) WriteTo(dst io.Writer) (n int64, err error) {
	if conn, ok := dst.(socket); ok {
		return p.send(conn)
	}
	b := make([]byte, p.held)
	for p.held > 0 {
		got, err := p.read(b)
		if err != nil {
			return n, err
		}
		wrote, err := dst.Write(b[:got])
		if n += int64(wrote); err != nil {
			return n, err
		}
	}
	return n, nil
}

// socket is a TCP connection, or contains one.
type socket interface {
	net.Conn
	syscall.Conn
}
