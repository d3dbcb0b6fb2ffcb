// Package pipe connects the writer and the reader of generated content through a buffer. io.Pipe has none: there, each write
// waits for a read, which makes a line a time slow.
package pipe

import (
	"io"
	"sync"
)

// Size is the length of the buffer in bytes.
const Size = 32 << 10

// Pipe is an io.Pipe with a buffer. Reads are made by one goroutine at a time, all other methods by many. Make one with New.
type Pipe struct {
	writing sync.Mutex // held by one Write at a time

	mu       sync.Mutex
	changed  sync.Cond // signals one waiting Read and one waiting Write
	buf      []byte
	start, n int   // of the buffered bytes
	err      error // of the Read after the last byte, and of a Write; nil while open
}

// New returns an open pipe.
func New() *Pipe {
	p := &Pipe{buf: make([]byte, Size)}
	p.changed.L = &p.mu
	return p
}

// Write waits until all of b is in the buffer. It fails with io.ErrClosedPipe once the pipe is closed.
func (p *Pipe) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	written := 0
	for len(b) > written {
		for p.n == len(p.buf) && p.err == nil {
			p.changed.Wait()
		}
		if p.err != nil {
			return written, io.ErrClosedPipe
		}
		if p.n == 0 {
			p.start = 0
			p.changed.Broadcast()
		}
		written += p.put(b[written:])
	}
	if written == 0 && p.err != nil {
		return 0, io.ErrClosedPipe
	}
	return written, nil
}

// put copies bytes into one of the two free parts of the buffer.
func (p *Pipe) put(b []byte) int {
	end := p.start + p.n
	free := p.buf[min(end, len(p.buf)):]
	if end >= len(p.buf) {
		free = p.buf[end-len(p.buf) : p.start]
	}
	n := copy(free, b)
	p.n += n
	return n
}

// Read waits for a byte, and returns all that are buffered. After the last one it returns the error of Close.
func (p *Pipe) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.n == 0 && p.err == nil {
		p.changed.Wait()
	}
	if p.n == 0 {
		return 0, p.err
	}
	if p.n == len(p.buf) {
		p.changed.Broadcast()
	}
	read := 0
	for len(b) > read && p.n > 0 {
		n := copy(b[read:], p.buf[p.start:min(p.start+p.n, len(p.buf))])
		read, p.start, p.n = read+n, (p.start+n)%len(p.buf), p.n-n
	}
	return read, nil
}

// Close ends the content. A nil error is io.EOF for Read. Only the first call counts.
func (p *Pipe) Close(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		err = io.EOF
	}
	if p.err == nil {
		p.err = err
		p.changed.Broadcast()
	}
}
