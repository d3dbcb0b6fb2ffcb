package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"
)

// readAhead fetches the parts that follow a position several at a time, each into a buffer of its own, and
// delivers them in order. Its memory is the number of parts times their size.
type readAhead struct {
	ctx      context.Context //nolint:containedctx // ends every part at once
	cancel   context.CancelFunc
	open     opener
	transfer Transfer
	rate     float64 // of one connection, to tell when several are no longer faster

	start, next, end int64 // of the content: the first byte, the next part to ask for, the end
	parts            []*aheadPart
	width            int // how many parts may be under way, or here, by now
	sample           int // parts delivered since began
	began            time.Time
	stopping         bool
	free             [][]byte // buffers of parts that have been delivered
}

// errNoRanges says that a storage sends the whole for each part that it is asked for.
var errNoRanges = errors.New("the storage ignores Range")

// aheadPart is a part under way or here.
type aheadPart struct {
	buf  []byte
	read int
	err  error
	done chan struct{}
}

// newReadAhead begins one part after from, so that the connection that is open delivers one meanwhile.
func newReadAhead(ctx context.Context, open opener, from, end int64, t Transfer, rate float64) *readAhead {
	ctx, cancel := context.WithCancel(ctx)
	from += t.PartSize
	r := &readAhead{ctx: ctx, cancel: cancel, open: open, transfer: t, rate: rate, start: from, next: from, end: end, width: 2}
	r.ask()
	return r
}

// ask asks for parts until as many are under way, or here, as may be.
func (r *readAhead) ask() {
	for !r.stopping && len(r.parts) < r.width && r.next < r.end {
		n := min(r.transfer.PartSize, r.end-r.next)
		p := &aheadPart{buf: r.buffer(n), done: make(chan struct{})}
		go p.fetch(r.ctx, r.open, r.next, r.transfer.StallTimeout)
		r.parts = append(r.parts, p)
		r.next += n
	}
}

func (r *readAhead) buffer(n int64) []byte {
	if last := len(r.free) - 1; last >= 0 {
		buf := r.free[last]
		r.free = r.free[:last]
		return buf[:n]
	}
	return make([]byte, n, r.transfer.PartSize)
}

// fetch fills a part's buffer. What it gets before a failure is delivered.
func (p *aheadPart) fetch(ctx context.Context, open opener, off int64, stall time.Duration) {
	defer close(p.done)
	defer func() {
		if v := recover(); v != nil {
			p.buf, p.err = nil, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	conn, err := connect(ctx, open, off, int64(len(p.buf)))
	if err != nil {
		p.buf, p.err = nil, err
		return
	}
	defer conn.close()
	if b, ok := conn.body.(*remoteBody); ok && b.skips {
		p.buf, p.err = nil, errNoRanges
		return
	}
	got := 0
	for got < len(p.buf) && p.err == nil {
		var n int
		n, p.err = conn.read(p.buf[got:], stall)
		got += n
	}
	if got == len(p.buf) {
		p.err = nil
		_, _ = conn.read(make([]byte, 1), stall) // the end, which frees the connection
	} else if p.err == io.EOF {
		p.err = io.ErrUnexpectedEOF
	}
	p.buf = p.buf[:got]
}

// refused reports whether the storage is known by now to send the whole for each part. It does not wait: a part
// may be waiting for the connection that is still in use.
func (r *readAhead) refused() bool {
	select {
	case <-r.parts[0].done:
		return errors.Is(r.parts[0].err, errNoRanges)
	default:
		return false
	}
}

// fasterBy is how many times the rate of one connection several must bring to be worth it.
const fasterBy = 1.2

// read delivers the next bytes. It returns 0 and no error once everything that was asked for has been
// delivered and nothing more will be: at the end, or when the client is no faster than one connection.
func (r *readAhead) read(p []byte) (int, error) {
	if len(r.parts) == 0 {
		return 0, nil
	}
	head := r.parts[0]
	select {
	case <-head.done:
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
	n := copy(p, head.buf[head.read:])
	head.read += n
	if n == 0 || head.read == len(head.buf) {
		if head.err != nil && n == 0 {
			return 0, head.err
		}
		if head.err == nil {
			r.delivered(head)
		}
	}
	return n, nil
}

// delivered frees a part and asks for one more than before, unless the client has slowed down.
func (r *readAhead) delivered(p *aheadPart) {
	r.parts[0] = nil
	r.parts = r.parts[1:]
	r.free = append(r.free, p.buf)
	r.sample++
	if r.began.IsZero() || r.sample == r.transfer.ReadAhead {
		took := time.Since(r.began).Seconds()
		if !r.began.IsZero() && float64(r.sample)*float64(len(p.buf)) < fasterBy*r.rate*took {
			r.stopping = true
		}
		r.sample, r.began = 0, time.Now()
	}
	r.width = min(r.width+1, r.transfer.ReadAhead)
	r.ask()
}

// close ends what is under way and waits for it.
func (r *readAhead) close() {
	r.cancel()
	for _, p := range r.parts {
		<-p.done
	}
	r.parts = nil
}
