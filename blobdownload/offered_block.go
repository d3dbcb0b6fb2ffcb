package blobdownload

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// socket is a connection of which a write that ran out of time can be continued. A TLS connection cannot.
type socket interface {
	net.Conn
	syscall.Conn
}

// offeredBlock is a block that is written to a socket for a limited time. Written to anything else, it has the
// deadline of any write.
type offeredBlock struct {
	deadline *writeDeadline
	wait     time.Duration
	rest     []byte
}

// Read implements io.Reader, for middleware that does not use WriteTo.
func (b *offeredBlock) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// WriteTo implements io.WriterTo. net/http passes the connection itself after the header has been sent.
func (b *offeredBlock) WriteTo(dst io.Writer) (int64, error) {
	conn, ok := dst.(socket)
	short := ok && b.deadline.limitTo(conn, b.wait)
	n, err := dst.Write(b.rest)
	b.rest = b.rest[n:]
	if short && errors.Is(err, os.ErrDeadlineExceeded) && !b.deadline.shutdown() {
		err = nil
	}
	return int64(n), err
}

// offers is how often a block is offered. The waits are 50, 200, 800 and 3200 ms.
const offers = 4

// offerBlock writes as much of a large block as the client accepts at once, and returns the rest. The rest of a slow
// client's block moves to a smaller buffer as soon as that holds it.
func (c *copier) offerBlock() (rest []byte, err error) {
	w, d := c.t.w, &c.t.deadline
	dst, ok := w.(io.ReaderFrom)
	if !c.cleartext || !ok || len(c.block) <= smallBuffer || c.written == 0 && len(c.block) <= mediumBuffer {
		return c.block, nil
	}
	rest = c.block
	if c.written == 0 { // the header is sent under the deadline of any write
		if err := d.write(w, rest[:chunkingSize]); err != nil {
			return nil, err
		}
		if err := d.flush(); err != nil {
			return nil, err
		}
		rest = rest[chunkingSize:]
	}
	wait := slowBlock
	for range offers {
		c.offer = offeredBlock{deadline: d, wait: wait, rest: rest}
		if err := d.offer(dst, &c.offer); err != nil {
			return nil, err
		}
		rest = c.offer.rest
		c.offer.rest = nil
		if len(rest) == 0 {
			break
		}
		if rest = c.moved(rest); len(rest) <= smallBuffer {
			break
		}
		wait *= 4
	}
	d.restore()
	return rest, nil
}

// moved returns the rest of a block in the smallest buffer that holds it.
func (c *copier) moved(rest []byte) []byte {
	to := takeBuffer(int64(len(rest)))
	if len(to) >= len(c.buf) {
		putBuffer(to)
		return rest
	}
	n := copy(to, rest)
	putBuffer(c.buf)
	c.buf = to
	return to[:n]
}
