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
	buf     []byte // once done: the bytes that arrived
	read    int    // bytes delivered
	err     error
	done    chan struct{}
	dropped bool // in flight without a reader
}

// fetch requests the part at an offset of the object. Bytes that arrive before a failure are delivered.
func (p *part) fetch(r *readAhead, off int64) {
	defer close(p.done)
	returned := false
	defer func() {
		if v := recover(); v != nil {
			p.buf, p.err = nil, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		} else if !returned {
			p.buf, p.err = nil, errGoexit
		}
	}()
	p.request(r, off)
	returned = true
}

func (p *part) request(r *readAhead, off int64) {
	stall := r.options.StallTimeout
	conn, err := connect(r.ctx, r.source, off, int64(len(p.buf)), stall)
	if err != nil {
		p.buf, p.err = nil, err
		return
	}
	defer conn.close()
	if conn.discards() {
		p.buf, p.err = nil, errNoRanges
		return
	}
	r.responded()
	got, nearEnd, ending := 0, len(p.buf)-len(p.buf)/endingAt, false
	defer func() {
		if ending {
			r.nearEnd(-1)
		}
	}()
	for got < len(p.buf) && p.err == nil {
		var n int
		n, p.err = conn.read(p.buf[got:], stall)
		got += n
		if got >= nearEnd && !ending {
			ending = true
			r.nearEnd(1)
		}
	}
	if got == len(p.buf) {
		p.err = nil
		_, _ = conn.read(make([]byte, 1), stall) // the end of the body, which frees the connection
	} else if p.err == io.EOF {
		p.err = io.ErrUnexpectedEOF
	}
	p.buf = p.buf[:got]
}
