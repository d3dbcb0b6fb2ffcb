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
	body  io.Reader
	left  int64        // bytes to be read; negative: unknown
	file  bool         // sendfile is possible: cleartext HTTP/1
	flush *flushWriter // for generated content, and for a body of unknown length; else nil

	small   *[smallBuffer]byte
	large   *[largeBuffer]byte
	block   []byte  // read, not yet written
	ended   bool    // the source has confirmed its end
	written int64   // in complete blocks
	past    [1]byte // for reading past the end, without an allocation

	deadline *writeDeadline
}

func newCopier(w http.ResponseWriter, r *http.Request, body io.Reader, n int64, deadline *writeDeadline) *copier {
	c := new(copier)
	c.init(w, r, body, n, deadline)
	return c
}

// init makes a zero copier ready.
func (c *copier) init(w http.ResponseWriter, r *http.Request, body io.Reader, n int64, deadline *writeDeadline) {
	c.w, c.body, c.left, c.deadline = w, body, n, deadline
	if n < 0 {
		c.flushes()
	}
	c.file = r.TLS == nil && r.ProtoMajor == 1
	c.small = smallBuffers.Get().(*[smallBuffer]byte)
}

// flushes makes the copier send what it reads within flushDelay.
func (c *copier) flushes() { c.flush = &flushWriter{w: c.w, deadline: c.deadline} }

func (c *copier) release() {
	if c.flush != nil {
		c.flush.stop()
	}
	if c.small != nil {
		smallBuffers.Put(c.small)
	}
	if c.large != nil {
		largeBuffers.Put(c.large)
	}
	c.small, c.large = nil, nil
}

// prime reads the first block. An empty body of unknown length has none.
func (c *copier) prime() error { return c.next() }

// next reads the next block. After the last one it confirms the end.
func (c *copier) next() error {
	buf := c.buffer()
	n, err := resume.ReadSome(c.body, buf)
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
	if err := c.confirmEnd(); err != nil {
		return err
	}
	c.ended = true
	return nil
}

func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// confirmEnd reads past the last byte, where a source reports io.EOF or that its checksum does not match.
func (c *copier) confirmEnd() error {
	n, err := c.body.Read(c.past[:])
	switch {
	case n == 0 && err == io.EOF:
		return nil
	case err == nil || err == io.EOF:
		return wrapper.ErrLength
	default:
		return err
	}
}

// buffer returns the buffer to read into.
func (c *copier) buffer() []byte {
	if c.large != nil {
		return c.large[:]
	}
	return c.small[:]
}

// run writes the block that prime has read, and all others.
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
		if err := c.sendFile(); err != nil {
			return err
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

func (c *copier) write() error {
	if len(c.block) == 0 {
		return nil
	}
	began := time.Now()
	var err error
	if c.flush != nil {
		err = c.flush.write(c.block)
	} else {
		err = c.deadline.write(c.w, c.block)
	}
	if err != nil {
		return err
	}
	c.written += int64(len(c.block))
	c.adapt(time.Since(began))
	return nil
}

// adapt chooses the buffer, given how long the client took to accept the last block.
func (c *copier) adapt(took time.Duration) {
	switch {
	case c.large != nil && took > slowBlock:
		largeBuffers.Put(c.large)
		c.large = nil
	case c.large == nil && took <= slowBlock && c.written >= growAfter && (c.left < 0 || c.left > smallBuffer):
		c.large = largeBuffers.Get().(*[largeBuffer]byte)
	}
}
