package blobdownload

import (
	"cmp"
	"io"

	"github.com/go-downloadview/downloadview/internal/splice"
)

// transparentBody is a body whose Read passes its buffer on to a storage's connection, if Transparent returns true.
type transparentBody interface{ Transparent() bool }

// takePipe makes a pipe the buffer, which passes bytes from the storage's connection to the client's without a copy. It
// reports false if it cannot. A slow client gives the pipe back, as any other large buffer.
func (c *copier) takePipe() bool {
	if c.copied || c.left <= largeBuffer || c.t.deadline.timesBytes() {
		return false
	}
	c.copied = true // unless a block arrives in the pipe
	if b, ok := c.body.(transparentBody); !ok || !b.Transparent() || !c.connected() {
		return false
	}
	p := splice.Take()
	if p == nil {
		return false
	}
	c.dropBuffer()
	c.pipe, c.buf = p, p.Window()
	return true
}

// writePipe writes a block that was read into the window. If none of it arrived in the pipe, because the storage's
// connection has TLS or parts are read ahead, the body continues without one.
func (c *copier) writePipe() error {
	rest, err := c.pipe.Rest(len(c.block))
	if err != nil {
		return err
	}
	c.copied = len(rest) == len(c.block)
	d := &c.t.deadline
	for c.pipe.Len() > 0 {
		d.begin()
		held := int64(c.pipe.Len())
		n, err := c.t.w.(io.ReaderFrom).ReadFrom(c.pipe)
		switch taken := held - int64(c.pipe.Len()); {
		case taken != n || n == 0 && err == nil:
			err = cmp.Or(err, io.ErrShortWrite) // bytes that left the pipe and were not written are lost
		case acceptedEnough(n, err):
			err = nil
		}
		if err := d.end(n, err); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		err = d.write(c.t.w, rest)
	}
	if c.copied {
		c.resize(largeBuffer)
	}
	return err
}
