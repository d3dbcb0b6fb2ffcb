package blobdownload

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Sizes of the copy loop's buffer. 256 KiB saves a third of the CPU of 32 KiB, but held for a slow client
// it only costs memory: a thousand that take nothing hold one small buffer each.
const (
	smallBuffer = 16 << 10
	largeBuffer = 256 << 10
)

// A client has shown that it keeps up once it took growAfter bytes, more than the buffers of sockets swallow,
// and stops to when one block takes longer than slowBlock.
const (
	growAfter = 8 << 20
	slowBlock = 50 * time.Millisecond
)

var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	largeBuffers = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// writeError is a failure to write to the client.
type writeError struct{ err error }

func (e *writeError) Error() string { return "write to the client: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// copier sends a body of known or unknown length to a client. It never sends the last block before the
// source has confirmed that it was the last: storages report a checksum that does not fit at the end.
type copier struct {
	w     http.ResponseWriter
	body  io.Reader
	left  int64        // to be read; negative when unknown
	file  bool         // the kernel may copy: cleartext HTTP/1
	flush *flushWriter // content that is made while it is sent goes out as it comes; else nil

	small   *[smallBuffer]byte
	large   *[largeBuffer]byte
	block   []byte // read, not yet written
	ended   bool   // the source has confirmed its end
	written int64
	past    [1]byte // what must not follow the end

	patience *patience
}

func newCopier(w http.ResponseWriter, r *http.Request, body io.Reader, n int64) *copier {
	c := &copier{w: w, body: body, left: n}
	if n < 0 {
		c.flush = &flushWriter{w: w}
	}
	c.file = r.TLS == nil && r.ProtoMajor == 1
	c.small = smallBuffers.Get().(*[smallBuffer]byte)
	return c
}

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

// next reads the next block, and confirms the end when it is the last.
func (c *copier) next() error {
	buf := c.buffer()
	n, err := readSome(c.body, buf)
	if err == io.EOF && c.left < 0 {
		c.ended, c.block = true, nil
		return nil
	}
	if err != nil {
		return noEOF(err)
	}
	c.block = buf[:n]
	if c.left < 0 {
		return nil
	}
	if c.left -= int64(n); c.left > 0 {
		return nil
	}
	if m, err := c.body.Read(c.past[:]); m != 0 || err != io.EOF {
		return noEnd(err)
	}
	c.ended = true
	return nil
}

// emptyReads bounds how often a source may return nothing and no error before it is given up.
const emptyReads = 100

// readSome reads at least one byte, or fails.
func readSome(r io.Reader, p []byte) (int, error) {
	for range emptyReads {
		if n, err := r.Read(p); n > 0 || err != nil {
			if n > 0 {
				err = nil // told again by the next Read
			}
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func noEnd(err error) error {
	if err == nil || err == io.EOF {
		return wrapper.ErrLength
	}
	return err
}

// buffer returns the buffer to read into.
func (c *copier) buffer() []byte {
	if c.large != nil {
		return c.large[:]
	}
	return c.small[:]
}

// run writes the block that prime read and all that follow.
func (c *copier) run() error {
	if c.flush != nil {
		defer c.flush.stop() // before the connection may be taken over or broken
	}
	for {
		if err := c.write(); err != nil {
			return err
		}
		if c.ended {
			return nil
		}
		if err := c.sendFile(); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
}

func (c *copier) write() error {
	if len(c.block) == 0 {
		return nil
	}
	c.patience.begin()
	began := c.patience.began
	n, err := c.writer().Write(c.block)
	c.written += int64(n)
	if err == nil && n < len(c.block) {
		err = io.ErrShortWrite
	}
	if err = c.patience.end(int64(n), err); err != nil {
		return &writeError{err}
	}
	c.adapt(time.Since(began))
	return nil
}

func (c *copier) writer() io.Writer {
	if c.flush != nil {
		return c.flush
	}
	return c.w
}

// adapt chooses the buffer by how the client took the last block.
func (c *copier) adapt(took time.Duration) {
	switch {
	case c.large != nil && took > slowBlock:
		largeBuffers.Put(c.large)
		c.large = nil
	case c.large == nil && took <= slowBlock && c.written >= growAfter && (c.left < 0 || c.left > smallBuffer):
		c.large = largeBuffers.Get().(*[largeBuffer]byte)
	}
}

// sendFile lets the kernel copy a local file but for its last block, which is read and confirmed like any
// other.
func (c *copier) sendFile() error {
	if !c.file || c.left <= smallBuffer {
		return nil
	}
	dst, ok := c.w.(io.ReaderFrom)
	if !ok {
		return nil
	}
	src, ok := c.body.(interface {
		SendTo(dst io.ReaderFrom, n int64) (int64, error)
	})
	if !ok {
		return nil
	}
	for c.left > smallBuffer {
		c.patience.begin()
		n, err := src.SendTo(dst, min(c.left-smallBuffer, fileChunk))
		c.written += n
		c.left -= n
		if _, ok := errors.AsType[*net.OpError](err); ok {
			return &writeError{c.patience.end(n, err)}
		}
		if err != nil {
			return err
		}
		if n == 0 {
			c.file = false // not a local file
			return nil
		}
		_ = c.patience.end(n, nil)
	}
	return nil
}
