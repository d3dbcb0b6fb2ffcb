package blobdownload

import (
	"errors"
	"io"
	"net"
	"os"
)

const (
	// fileChunk is how much of a local file one call sends: between calls, the end of the download's context is seen.
	fileChunk = 8 << 20

	// rateChunk is fileChunk of a server with a MinRate, which is checked between calls.
	rateChunk = 512 << 10

	// fileEnds is how much of the start and of the end of a local file is read, not sent by sendfile: the start shows
	// before the status that the file can be read, and leaves together with the header. The end follows after the file
	// has been confirmed to be unchanged. Sockets hold pages of the file, not copies: a later alteration in place can
	// still reach the client.
	fileEnds = chunkingSize / 2
)

// fileSender is a body that may be a local file.
type fileSender interface {
	IsFile() bool
	SendTo(dst io.ReaderFrom, n int64) (int64, error)
}

// sendFile copies a local file with sendfile, except for its last block: that is read and confirmed like any other. A
// slow client holds no buffer meanwhile: ReadFrom of net/http copies the start through a buffer, unless the header has been
// sent.
func (c *copier) sendFile() error {
	putBuffer(c.buf)
	c.buf, c.block = nil, nil
	if err := c.t.deadline.flush(); err != nil {
		return err
	}
	err := c.sendChunks(c.t.w.(io.ReaderFrom), c.body.(fileSender))
	c.buf = takeBuffer(c.small)
	return err
}

// canSendFile reports whether sendFile can copy the body.
func (c *copier) canSendFile() bool {
	if !c.cleartext {
		return false
	}
	f, ok := c.body.(fileSender)
	if !ok || !f.IsFile() {
		return false
	}
	_, ok = c.t.w.(io.ReaderFrom)
	return ok
}

// sendChunks sends the file with sendfile, up to the bytes that are held back at its end. Each call has a deadline and waits for
// the rate.
func (c *copier) sendChunks(dst io.ReaderFrom, src fileSender) error {
	d := &c.t.deadline
	chunk := d.largestWrite()
	for c.left > fileEnds {
		if err := d.ctx.Err(); err != nil {
			return err // SendTo does not check it
		}
		n := min(c.left-fileEnds, chunk)
		if len(d.buckets) > 0 {
			if err := d.wait(n); err != nil {
				return err
			}
		}
		d.begin()
		n, err := src.SendTo(dst, n)
		c.written += n
		c.left -= n
		if d.rate == 0 && acceptedEnough(n, err) {
			err = nil
		}
		if _, ok := errors.AsType[*net.OpError](err); ok {
			return d.end(n, err)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			c.file = false // not a local file
			return nil
		}
		_ = d.end(n, nil)
	}
	return nil
}

// acceptedEnough reports whether a write ran out of time of which the client has accepted what a write of the copy loop
// would have sent.
func acceptedEnough(n int64, err error) bool {
	return n >= smallBuffer && errors.Is(err, os.ErrDeadlineExceeded)
}
