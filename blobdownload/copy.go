package blobdownload

import (
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Sizes of the copy loop's buffers. 256 KiB saves a third of the CPU of 32 KiB. For a slow client a large buffer
// only costs memory, so a thousand stalled clients hold one small buffer each.
const (
	smallBuffer = 16 << 10
	largeBuffer = 256 << 10
)

// The buffer grows after a client has accepted growAfter bytes, more than a socket buffers. It shrinks when one block
// takes longer than slowBlock.
const (
	growAfter = 8 << 20
	slowBlock = 50 * time.Millisecond
)

var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	largeBuffers = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// clientWriteError is a failure to write to the client.
type clientWriteError struct{ err error }

func (e *clientWriteError) Error() string { return "write to the client: " + e.err.Error() }
func (e *clientWriteError) Unwrap() error { return e.err }

// copier sends a body of known or unknown length to a client. It sends the last block only after the source has
// confirmed the end of the body, where storages report a checksum mismatch.
type copier struct {
	w     http.ResponseWriter
	body  io.ReadCloser
	left  int64        // bytes to be read; negative: unknown
	file  bool         // sendfile is possible: cleartext HTTP/1
	flush *flushWriter // for generated content, and for a body of unknown length; else nil

	small   *[smallBuffer]byte
	large   *[largeBuffer]byte
	buf     []byte  // the large buffer, if there is one, or the small one
	block   []byte  // read, not yet written
	ended   bool    // the source has confirmed its end
	written int64   // in complete blocks
	past    [1]byte // for reading past the end, without an allocation

	deadline *writeDeadline
}

// init makes a zero copier ready for a body of n bytes, which the copier closes.
func (c *copier) init(t *transfer, body io.ReadCloser, n int64) {
	c.w, c.body, c.left, c.deadline = t.w, body, n, &t.deadline
	if n < 0 {
		c.flushes()
	}
	c.file = t.r.TLS == nil && t.r.ProtoMajor == 1
	c.small = smallBuffers.Get().(*[smallBuffer]byte)
	c.buf = c.small[:]
}

// flushes makes the copier send what it reads within flushDelay.
func (c *copier) flushes() { c.flush = &flushWriter{w: c.w, deadline: c.deadline} }

// close puts the buffers back and closes the body.
func (c *copier) close() {
	defer func() { _ = c.body.Close() }()
	if c.flush != nil {
		c.flush.stop()
	}
	if c.small != nil {
		smallBuffers.Put(c.small)
	}
	if c.large != nil {
		largeBuffers.Put(c.large)
	}
	c.small, c.large, c.buf = nil, nil, nil
}

// next reads the next block. After the last one it reads past the end, where a source reports io.EOF or that its
// checksum does not match. An empty body of unknown length has no block.
func (c *copier) next() error {
	n, err := resume.ReadSome(c.body, c.buf)
	if err == io.EOF && c.left < 0 {
		c.ended, c.block = true, nil
		return nil
	}
	if err != nil {
		return unexpectedEOF(err)
	}
	c.block = c.buf[:n]
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
		if c.file && c.flush == nil && c.left > smallBuffer {
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
	began := time.Now()
	var err error
	if len(c.deadline.buckets) > 0 {
		if err = c.deadline.wait(int64(len(c.block))); err != nil {
			return err
		}
	}
	if c.flush != nil {
		err = c.flush.write(c.block)
	} else {
		err = c.deadline.write(c.w, c.block)
	}
	if err != nil {
		return err
	}
	c.written += int64(len(c.block))
	switch took := time.Since(began); {
	case c.large != nil && took > slowBlock:
		largeBuffers.Put(c.large)
		c.large, c.buf = nil, c.small[:]
	case c.large == nil && len(c.deadline.buckets) == 0 && took <= slowBlock && c.written >= growAfter && (c.left < 0 || c.left > smallBuffer):
		c.large = largeBuffers.Get().(*[largeBuffer]byte)
		c.buf = c.large[:]
	}
	return nil
}

// chunkingSize is how much of a body net/http buffers before it omits the Content-Length.
const chunkingSize = 2048

// unsized reports whether net/http may still add the Content-Length of a short body of unknown length.
func (c *copier) unsized(r *http.Request) bool {
	return r.ProtoMajor == 1 && c.written <= chunkingSize
}
