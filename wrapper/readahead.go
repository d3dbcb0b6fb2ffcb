package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"
)

// readAhead fetches the parts that follow a position several at a time, each into a buffer of its own, and
// delivers them in order. Its memory is the number of parts times their size, and it gives all of it up
// when the client takes twice as long over a part as one connection would, or nothing for as long.
type readAhead struct {
	ctx      context.Context //nolint:containedctx // ends every part at once
	cancel   context.CancelFunc
	open     opener
	transfer ReadOptions
	rate     float64 // of one connection, to tell when several are no longer faster

	start, next, end int64 // of the content: the first byte, the next part to ask for, the end
	fetching         sync.WaitGroup
	since            time.Time     // when the client was first given something of the head; zero for not yet
	patience         time.Duration // for a client with a part that is here
	timer            *time.Timer   // gives up when it is over

	mu       sync.Mutex // of what follows
	reading  bool
	left     time.Time // when the last read was over
	buffers  int64     // that are held, of aheadMemory
	parts    []*aheadPart
	width    int // how many parts may be under way, or here, by now
	sample   int // parts delivered since began
	began    time.Time
	stopping bool
	free     [][]byte // buffers of parts that have been delivered
}

// errNoRanges says that a storage sends the whole for each part that it is asked for.
var errNoRanges = errors.New("the storage ignores Range")

// aheadPart is a part under way or here.
type aheadPart struct {
	buf    []byte
	read   int
	err    error
	done   chan struct{}
	orphan bool // it is under way, and nobody wants it
}

// newReadAhead begins one part after from, so that the connection that is open delivers one meanwhile. It
// returns nil when other downloads hold all the memory that there is for parts.
func newReadAhead(ctx context.Context, open opener, from, end int64, t ReadOptions, rate float64) *readAhead {
	ctx, cancel := context.WithCancel(ctx)
	from += t.PartSize
	r := &readAhead{ctx: ctx, cancel: cancel, open: open, transfer: t, rate: rate, start: from, next: from, end: end, width: 2}
	r.patience = max(minPatience, time.Duration(slowerBy*float64(t.PartSize)/max(rate, 1)*float64(time.Second)))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ask()
	if len(r.parts) == 0 {
		cancel()
		return nil
	}
	r.left = time.Now() // the connection that is open brings the client to start in half of the patience
	r.timer = time.AfterFunc(r.patience, r.expire)
	return r
}

// ask asks for parts until as many are under way, or here, as may be, and as there are connections to spare.
func (r *readAhead) ask() {
	for !r.stopping && len(r.parts) < r.width && r.next < r.end {
		leave, err := r.open.file.limiter.spare()
		if err != nil {
			return
		}
		buf := r.buffer(min(r.transfer.PartSize, r.end-r.next))
		if buf == nil {
			leave()
			return
		}
		p, off := &aheadPart{buf: buf, done: make(chan struct{})}, r.next
		r.fetching.Go(func() {
			p.fetch(r.ctx, r.open, off, r.transfer.StallTimeout)
			leave()
			r.fetched(p)
		})
		r.parts = append(r.parts, p)
		r.next += int64(len(buf))
	}
}

// buffer returns n bytes, or nil where there is no more memory for parts.
func (r *readAhead) buffer(n int64) []byte {
	if last := len(r.free) - 1; last >= 0 {
		buf := r.free[last]
		r.free = r.free[:last]
		return buf[:n]
	}
	if !aheadMemory.take(r.transfer.PartSize) {
		return nil
	}
	r.buffers++
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

// useless reports whether nothing is to be had from here, as far as is known by now, and whether it never will be: the
// storage sends the whole for each part.
func (r *readAhead) useless() (now, ever bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parts) == 0 {
		return true, false
	}
	select {
	case <-r.parts[0].done:
		ever = errors.Is(r.parts[0].err, errNoRanges)
		return ever, ever
	default:
		return false, false
	}
}

const (
	fasterBy = 1.2 // times the rate of one connection, or several are not worth it

	slowerBy    = 2 // times as long as one connection takes for a part, and a client needs no more than one
	minPatience = time.Second
)

// read delivers the next bytes. It returns 0 and no error once nothing more will come: at the end, or when
// the client is no faster than one connection.
func (r *readAhead) read(p []byte) (int, error) {
	head := r.begin()
	if head == nil {
		return 0, nil
	}
	defer r.finish()
	select {
	case <-head.done:
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
	if r.since.IsZero() {
		r.since = time.Now()
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

// begin returns the part to read from, or nil when there is none any more.
func (r *readAhead) begin() *aheadPart {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer.Stop()
	if !r.since.IsZero() && time.Since(r.since) > r.patience {
		r.giveUp()
	}
	if len(r.parts) == 0 {
		return nil
	}
	r.reading = true
	return r.parts[0]
}

// finish is the end of a read, after which the client has to come back in time.
func (r *readAhead) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading, r.left = false, time.Now()
	if len(r.parts) > 0 {
		r.timer.Reset(r.patience)
	}
}

// expire gives up, unless the client has come back meanwhile.
func (r *readAhead) expire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reading && time.Since(r.left) >= r.patience {
		r.giveUp()
	}
}

// giveUp ends what is under way and lets go of what is here. What is still being written to is let go of by fetched.
func (r *readAhead) giveUp() {
	r.cancel()
	for _, p := range r.parts {
		select {
		case <-p.done:
		default:
			p.orphan = true
			r.buffers--
		}
	}
	aheadMemory.give(r.buffers * r.transfer.PartSize)
	r.parts, r.free, r.stopping, r.buffers = nil, nil, true, 0
}

// fetched lets go of the buffer of a part that nobody wants any more.
func (r *readAhead) fetched(p *aheadPart) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.orphan {
		aheadMemory.give(r.transfer.PartSize)
	}
}

// delivered frees a part and asks for one more than before, unless the client has slowed down.
func (r *readAhead) delivered(p *aheadPart) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parts) == 0 { // closed during the read
		return
	}
	r.since = time.Time{}
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
	r.mu.Lock()
	r.timer.Stop()
	r.giveUp()
	r.mu.Unlock()
	r.fetching.Wait()
}
