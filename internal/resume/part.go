package resume

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

// errNoRanges is the error of a part of a storage that sends the whole object for it.
var errNoRanges = errors.New("storage ignores Range")

// errGoexit is the error of a part whose source ended the goroutine.
var errGoexit = errors.New("runtime.Goexit was called")

// part is a part of an object in flight, or buffered.
type part struct {
	size    int64
	buffer  chan []byte // receives one of that size, once
	buf     []byte      // once done: the bytes that arrived
	read    int         // bytes delivered
	err     error
	done    chan struct{}
	dropped bool // in flight with a buffer, without a reader
}

func newPart(size int64) *part {
	return &part{size: size, buffer: make(chan []byte, 1), done: make(chan struct{})}
}

// fetch requests the part at an offset of the object. Bytes that arrive before a failure are delivered.
func (p *part) fetch(r *readAhead, off int64) {
	defer close(p.done)
	returned := false
	defer func() {
		if v := recover(); v != nil {
			p.err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		} else if !returned {
			p.err = errGoexit
		}
	}()
	p.request(r, off)
	returned = true
}

// request reads the part into a buffer, which it waits for once the source has responded.
func (p *part) request(r *readAhead, off int64) {
	stall := r.options.StallTimeout
	conn, err := connect(r.ctx, r.source, off, p.size, stall)
	if err != nil {
		p.err = err
		return
	}
	defer conn.close()
	if conn.discards() {
		p.err = errNoRanges
		return
	}
	r.responded()
	var buf []byte
	select { // without a timeout: the client's time is no stall
	case buf = <-p.buffer:
	case <-r.ctx.Done():
		p.err = r.ctx.Err()
		return
	}
	got, nearEnd, ending := 0, len(buf)-len(buf)/endingAt, false
	defer func() {
		if ending {
			r.nearEnd(-1)
		}
	}()
	for got < len(buf) && p.err == nil {
		var n int
		n, p.err = conn.Read(buf[got:], stall)
		got += n
		if got >= nearEnd && !ending {
			ending = true
			r.nearEnd(1)
		}
	}
	if got == len(buf) {
		p.err = nil
		_, _ = conn.Read(make([]byte, 1), stall) // the end of the body, which frees the connection
	} else if p.err == io.EOF {
		p.err = io.ErrUnexpectedEOF
	}
	p.buf = buf[:got]
}
