package blobdownload

import (
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/splice"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The buffer grows while writes do not block, and shrinks when one takes longer than slowBlock. A socket accepts the first
// socketBuffer bytes of any client without blocking: what is longer grows only after them, or when the client has received
// what was sent, and again only after calmAfter.
const (
	mediumAfter = 7 * plainBuffer
	largeAfter  = 256 << 10
	calmAfter   = 8 << 20
	slowBlock   = 50 * time.Millisecond
)

// copier sends a body of known or unknown length to a client. It sends the last block only after the source has
// confirmed the end of the body, where storages report a checksum mismatch.
type copier struct {
	t     *transfer
	body  io.ReadCloser
	left  int64        // bytes to be read; negative: unknown
	flush *flushWriter // for generated content, and for a body of unknown length; else nil

	cleartext bool    // HTTP/1 without TLS
	file      bool    // the body is sent with sendfile
	whole     bool    // the first block is all of the body
	ended     bool    // the source has confirmed its end
	past      [1]byte // for reading past the end, without an allocation

	small   int64  // size of the buffer for a slow client
	buf     []byte // of takeBuffer, or the window of pipe
	block   []byte // read, not yet written
	written int64  // in complete blocks
	fluent  int64  // written since a write blocked
	calm    int64  // the least of fluent at which the buffer grows
	probe   int64  // the least of fluent at which the send queue is looked at

	offer offeredBlock
	queue sendQueue

	pipe   *splice.Pipe // the buffer, or nil
	copied bool         // blocks do not arrive in a pipe
}

// init makes a zero copier ready for a body of n bytes, which the copier closes.
func (c *copier) init(t *transfer, body io.ReadCloser, n int64) {
	c.t, c.body, c.left = t, body, n
	if n < 0 {
		c.flushes()
	}
	if n < 0 || n > socketBuffer/4 {
		c.calm = socketBuffer
	}
	c.probe = largeAfter
	c.cleartext, c.small = t.r.TLS == nil && t.r.ProtoMajor == 1, smallBuffer
	if c.cleartext {
		c.small = plainBuffer
	}
	c.file = n > mediumBuffer && c.canSendFile()
	c.buf, c.whole = c.firstBuffer(n), n >= 0 && n <= mediumBuffer
}

// flushes makes the copier send what it reads within flushDelay.
func (c *copier) flushes() {
	c.flush, c.whole = &flushWriter{w: c.t.w, deadline: &c.t.deadline}, false
}

// close puts the buffers back and closes the body, once. It drops the body too: a reader of Go CDK has a finalizer and holds its
// context, which is that of the transfer. A transfer that held the reader would never be collected.
func (c *copier) close() {
	body := c.body
	if body == nil {
		return
	}
	c.body = nil
	defer func() { _ = body.Close() }()
	if c.flush != nil {
		c.flush.stop()
	}
	c.dropBuffer()
	c.block = nil
}

// next reads the next block. After the last one it reads past the end, where a source reports io.EOF or that its
// checksum does not match. An empty body of unknown length has no block.
func (c *copier) next() error {
	buf := c.window()
	n, err := resume.ReadSome(c.body, buf)
	for err == nil && c.whole && int64(n) < c.left {
		var more int
		more, err = resume.ReadSome(c.body, c.buf[n:])
		n += more
	}
	if err == io.EOF && c.left < 0 {
		c.ended, c.block = true, nil
		return nil
	}
	if err != nil {
		return unexpectedEOF(err)
	}
	c.block = buf[:n]
	if c.left < 0 {
		return nil
	}
	if c.left -= int64(n); c.left > 0 {
		return nil
	}
	switch n, err = c.body.Read(c.past[:]); {
	case n == 0 && err == io.EOF:
		c.ended = true
		return nil
	case err == nil || err == io.EOF:
		return wrapper.ErrLength
	default:
		return err
	}
}

// window returns the slice to read the next block into. The end of a body, which is held back, does not enter a pipe.
func (c *copier) window() []byte {
	switch {
	case c.file && c.written == 0:
		return c.buf[:fileEnds]
	case c.pipe == nil:
		return c.buf
	case c.left <= mediumBuffer:
		c.resize(mediumBuffer)
		return c.buf
	default:
		return c.buf[:min(int64(len(c.buf)), c.left-fileEnds)]
	}
}

func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// run writes the block that next has read, and all others.
func (c *copier) run() error {
	if c.flush != nil {
		defer c.flush.stop() // before the connection may be hijacked or aborted
	}
	for {
		if err := c.write(); err != nil {
			return err
		}
		if c.ended {
			return c.finish()
		}
		if c.file && c.flush == nil && c.left > fileEnds {
			if err := c.sendFile(); err != nil {
				return err
			}
		}
		if err := c.next(); err != nil {
			_ = c.finish() // what was read before the failure
			return err
		}
	}
}

// finish writes what flush holds.
func (c *copier) finish() error {
	if c.flush == nil {
		return nil
	}
	return c.flush.finish()
}

// write writes a block, and chooses the next buffer given how long the client took to accept it.
func (c *copier) write() error {
	if len(c.block) == 0 {
		return nil
	}
	var began time.Time
	if !c.ended { // else no buffer is chosen
		began = time.Now()
	}
	if d := &c.t.deadline; len(d.buckets) > 0 {
		if err := d.wait(int64(len(c.block))); err != nil {
			return err
		}
	}
	if err := c.writeBlock(); err != nil {
		return err
	}
	n := int64(len(c.block))
	c.written += n
	if c.ended {
		return nil
	}
	c.fluent += n
	if time.Since(began) > slowBlock {
		c.fluent, c.calm, c.probe = 0, calmAfter, calmAfter
		c.resize(c.small)
		return nil
	}
	if c.fluent < c.calm && c.fluent >= c.probe {
		c.probe += largeAfter
		if c.drained() {
			c.calm = 0
		}
	}
	size := len(c.buf)
	switch {
	case c.left >= 0 && c.left <= int64(size) || c.fluent < c.calm:
	case size < largeBuffer && c.fluent >= largeAfter:
		if !c.takePipe() {
			c.resize(largeBuffer)
		}
	case size < mediumBuffer && c.fluent >= mediumAfter:
		c.resize(mediumBuffer)
	}
	return nil
}

func (c *copier) writeBlock() error {
	switch {
	case c.flush != nil:
		return c.flush.write(c.block)
	case c.pipe != nil:
		return c.writePipe()
	}
	rest, err := c.offerBlock()
	if err != nil || len(rest) == 0 {
		return err
	}
	return c.t.deadline.write(c.t.w, rest)
}

// resize replaces the buffer, whose bytes have been written.
func (c *copier) resize(size int64) {
	if int64(len(c.buf)) == size {
		return
	}
	c.dropBuffer()
	c.buf = takeBuffer(size)
}

// dropBuffer puts the buffer back.
func (c *copier) dropBuffer() {
	if c.pipe != nil {
		splice.Put(c.pipe)
		c.pipe, c.buf = nil, nil
	}
	putBuffer(c.buf)
	c.buf = nil
}

// chunkingSize is how much of a body net/http buffers before it omits the Content-Length.
const chunkingSize = 2048

// unsized reports whether net/http may still add the Content-Length of a short body of unknown length.
func (c *copier) unsized() bool {
	return c.t.r.ProtoMajor == 1 && c.written <= chunkingSize
}
