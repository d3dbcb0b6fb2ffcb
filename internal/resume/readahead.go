package resume

import (
	"context"
	"sync"
	"time"
)

// readAhead requests the parts that follow a position, several at a time, each into a buffer of its own, and delivers
// them in order. It drops all buffers if the client takes twice as long for a part as one connection would, or reads
// nothing for that time.
//
// The first parts in order have the buffers, so the next part to deliver never waits for one. A part beyond them has only
// its response, and reads the body when a delivered part frees a buffer.
type readAhead struct {
	ctx     context.Context //nolint:containedctx // cancels every part
	cancel  context.CancelFunc
	source  Source
	options Options
	rate    float64 // bytes a second of one connection, which several have to exceed

	start, next, end int64 // of the object: the first part, the next part to request, the end
	fetching         sync.WaitGroup
	headRead         time.Time     // of the first read from the current part; zero before it
	clientTimeout    time.Duration // for one part that is buffered
	timer            *time.Timer   // runs between the reads of the client

	mu       sync.Mutex // guards the fields below
	reading  bool
	lastRead time.Time // its end
	parts    []*part
	buffered int       // parts that have a buffer: the first ones, at most width+1
	free     [][]byte  // buffers of delivered parts
	width    int       // limit of parts: 1 until a storage has sent the first one as requested, then ReadAhead
	ending   int       // parts in flight of which at most 1/endingAt is left
	sample   int       // parts delivered since began
	began    time.Time // of the sample
	stopping bool      // request no further part
}

const (
	fasterBy = 1.2 // times the rate of one connection, below which several are not worth their requests

	slowerBy         = 2 // times the duration of a part on one connection, after which a client counts as slow
	minClientTimeout = time.Second

	// A further part is requested when a part in flight has 1/endingAt left, so that its response arrives before the
	// other connection ends: 1 MiB takes 50 ms at 20 MiB/s, and 20 ms at 50 MiB/s.
	endingAt = 4
)

// startReadAhead requests a part beyond the next one, which the open connection delivers meanwhile. It returns nil if
// no buffer or no connection is free.
func startReadAhead(ctx context.Context, source Source, from, end int64, o Options, rate float64) *readAhead {
	ctx, cancel := context.WithCancel(ctx)
	from += o.PartSize
	r := &readAhead{ctx: ctx, cancel: cancel, source: source, options: o, rate: rate, start: from, next: from, end: end, width: 1}
	r.clientTimeout = max(minClientTimeout, time.Duration(slowerBy*float64(o.PartSize)/max(rate, 1)*float64(time.Second)))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.request()
	if len(r.parts) == 0 {
		cancel()
		return nil
	}
	r.timer = time.AfterFunc(r.clientTimeout, r.expire) // the open connection gets to the first part in half of it
	return r
}

// request requests parts up to the limit, and one more for each part that is ending, as far as buffers and connections
// are free. The parts beyond the buffers need none yet.
func (r *readAhead) request() {
	for !r.stopping && len(r.parts) < r.width+r.ending && r.next < r.end {
		release, ok := r.source.Spare()
		if !ok {
			return
		}
		p, off := newPart(min(r.options.PartSize, r.end-r.next)), r.next
		if r.buffered <= r.width && !r.giveBuffer(p) {
			release()
			return
		}
		r.fetching.Go(func() {
			defer r.fetched(p)
			defer release()
			p.fetch(r, off)
		})
		r.parts = append(r.parts, p)
		r.next += p.size
	}
}

// responded requests more parts after the storage has sent a part as it was requested.
func (r *readAhead) responded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.width = r.options.ReadAhead
	r.request()
}

// nearEnd counts a part as ending, or no longer, and requests a further one.
func (r *readAhead) nearEnd(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ending += n
	r.request()
}

// giveBuffer gives a buffer to p, the first part without one. It returns false if the program's read-ahead memory is in
// use.
func (r *readAhead) giveBuffer(p *part) bool {
	var buf []byte
	if last := len(r.free) - 1; last >= 0 {
		buf, r.free = r.free[last], r.free[:last]
	} else if partMemory.acquire(r.options.PartSize) {
		buf = make([]byte, r.options.PartSize)
	} else {
		return false
	}
	p.buffer <- buf[:p.size]
	r.buffered++
	return true
}

// fetched frees the buffer of a part that was dropped in flight.
func (r *readAhead) fetched(p *part) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.dropped {
		partMemory.release(r.options.PartSize)
	}
}

// drop cancels the parts in flight and frees the buffers. The buffer of a part in flight is freed by fetched, since
// its request still writes to it.
func (r *readAhead) drop() {
	r.cancel()
	unused := len(r.free)
	for _, p := range r.parts[:r.buffered] {
		select {
		case <-p.done:
			unused++
		default:
			p.dropped = true
		}
	}
	partMemory.release(int64(unused) * r.options.PartSize)
	r.parts, r.buffered, r.free, r.stopping = nil, 0, nil, true
}

// close cancels the parts in flight and waits for their goroutines.
func (r *readAhead) close() {
	r.mu.Lock()
	r.timer.Stop()
	r.drop()
	r.mu.Unlock()
	r.fetching.Wait()
}
