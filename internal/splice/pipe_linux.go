package splice

import (
	"errors"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// newPipe returns nil if the system refuses a pipe of that size, such as at the user's limit of pages in pipes.
func newPipe() *Pipe {
	var fds [2]int
	if unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK) != nil {
		return nil
	}
	p := &Pipe{out: fds[0], in: fds[1]}
	_, err := unix.FcntlInt(uintptr(p.in), unix.F_SETPIPE_SZ, Size)
	if err == nil { // outside Go's heap, which would count memory that is not in use
		p.window, err = unix.Mmap(-1, 0, Size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	}
	if err != nil {
		p.close()
		return nil
	}
	p.fill, p.drain = p.fillFrom, p.drainTo
	return p
}

// close releases the descriptors and the window.
func (p *Pipe) close() {
	_ = unix.Close(p.in)
	_ = unix.Close(p.out)
	if p.window != nil {
		_ = unix.Munmap(p.window)
	}
}

// clean gives the memory of a window that was in use back to the system.
func (p *Pipe) clean() {
	if p.touched {
		_ = unix.Madvise(p.window, unix.MADV_DONTNEED)
	}
	p.touched, p.mirror = false, false
}

// fillFrom moves what a socket has received to the pipe. It reports false if the socket has received nothing.
func (p *Pipe) fillFrom(fd uintptr) bool {
	if !p.mirror {
		return p.splice(int(fd), p.in)
	}
	n, err := peek(int(fd), p.window[:min(p.want, mirrored)])
	if errors.Is(err, unix.EAGAIN) {
		return false
	}
	p.want, p.moved, p.failure = n, 0, err
	if n > 0 && !p.splice(int(fd), p.in) {
		p.failure = unix.EAGAIN
	}
	return true
}

// drainTo moves what is in the pipe to a socket. It reports false if the socket accepts nothing.
func (p *Pipe) drainTo(fd uintptr) bool { return p.splice(p.out, int(fd)) }

// splice moves up to want bytes, and reports whether the call ended: with bytes, at the end, or with a failure.
func (p *Pipe) splice(from, to int) bool {
	n, err := uninterrupted(func() (int, error) {
		n, err := unix.Splice(from, nil, to, nil, p.want, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		return int(n), err
	})
	if errors.Is(err, unix.EAGAIN) {
		return false
	}
	p.moved, p.failure = n, err
	return true
}

// uninterrupted retries a system call that a signal interrupts, and returns how many bytes it moved.
func uninterrupted(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); !errors.Is(err, unix.EINTR) {
			return max(n, 0), err
		}
	}
}

// peek copies what a socket has received, and leaves it there.
func peek(fd int, b []byte) (n int, err error) {
	return uninterrupted(func() (int, error) {
		n, _, err := unix.Recvfrom(fd, b, unix.MSG_PEEK|unix.MSG_DONTWAIT)
		return n, err
	})
}

// receive is the Read of a connection into b, the start of the window.
func (p *Pipe) receive(conn *Conn, b []byte) (int, error) {
	if p.held > 0 { // a reader has dropped the bytes of the Read before
		return 0, errUnread
	}
	p.want, p.moved, p.failure = len(b), 0, nil
	err := conn.raw.Read(p.fill)
	p.held = p.moved
	switch {
	case p.moved > 0:
		return p.moved, nil
	case err != nil:
		return 0, err
	case unsupported(p.failure):
		return conn.TCPConn.Read(b)
	case p.failure != nil:
		return 0, opError("read", conn, p.failure)
	}
	return 0, io.EOF
}

// unsupported reports whether the system has no splice(2), or not for such a connection.
func unsupported(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EOPNOTSUPP)
}

// send empties the pipe into a connection.
func (p *Pipe) send(conn socket) (n int64, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	for p.held > 0 {
		p.want, p.moved, p.failure = p.held, 0, nil
		err := raw.Write(p.drain)
		p.held -= p.moved
		n += int64(p.moved)
		switch {
		case err != nil:
			return n, err
		case p.failure != nil:
			return n, opError("write", conn, p.failure)
		case p.moved == 0:
			return n, io.ErrShortWrite
		}
	}
	return n, nil
}

// read reads from a pipe that is not empty.
func (p *Pipe) read(b []byte) (int, error) {
	n, err := uninterrupted(func() (int, error) { return unix.Read(p.out, b) })
	if err != nil {
		return 0, os.NewSyscallError("read", err)
	}
	p.held -= n
	return n, nil
}

func opError(op string, conn net.Conn, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: conn.LocalAddr(), Addr: conn.RemoteAddr(), Err: os.NewSyscallError("splice", err)}
}
