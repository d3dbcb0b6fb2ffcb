package resume

import (
	"context"
	"sync"
	"time"
)

// readAhead requests the parts that follow a position, several at a time, each into a buffer of its own, and delivers
// them in order. It drops all buffers if the client takes twice as long for a part as one connection would, or reads
// nothing for that time.
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
	buffers  int64     // that count against partMemory
	parts    []*part
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

	// The request for the next part is sent when a part in flight has 1/endingAt left: its first byte arrives when the
	// other connection ends. It is sent for one part at a time.
	endingAt = 8
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

// request requests parts up to the limit, and one more while a part is ending, as far as buffers and connections are free.
func (r *readAhead) request() {
	for !r.stopping && len(r.parts) < r.width+min(r.ending, 1) && r.next < r.end {
		release, ok := r.source.Spare()
		if !ok {
			return
		}
		buf := r.buffer(min(r.options.PartSize, r.end-r.next))
		if buf == nil {
			release()
			return
		}
		p, off := &part{buf: buf, done: make(chan struct{})}, r.next
		r.fetching.Go(func() {
			defer r.fetched(p)
			defer release()
			p.fetch(r, off)
		})
		r.parts = append(r.parts, p)
		r.next += int64(len(buf))
	}
}

// responded requests more parts after the storage has sent a part as it was requested.
func (r *readAhead) responded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.width = r.options.ReadAhead
	r.request()
}

// nearEnd counts a part as ending, or no longer, and requests the next one.
func (r *readAhead) nearEnd(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ending += n
	r.request()
}

// buffer returns n bytes, or nil if the program's read-ahead memory is in use.
func (r *readAhead) buffer(n int64) []byte {
	if last := len(r.free) - 1; last >= 0 {
		buf := r.free[last]
		r.free = r.free[:last]
		return buf[:n]
	}
	if !partMemory.acquire(r.options.PartSize) {
		return nil
	}
	r.buffers++
	return make([]byte, n, r.options.PartSize)
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
	for _, p := range r.parts {
		select {
		case <-p.done:
		default:
			p.dropped = true
			r.buffers--
		}
	}
	partMemory.release(r.buffers * r.options.PartSize)
	r.parts, r.free, r.stopping, r.buffers = nil, nil, true, 0
}

// close cancels the parts in flight and waits for their goroutines.
func (r *readAhead) close() {
	r.mu.Lock()
	r.timer.Stop()
	r.drop()
	r.mu.Unlock()
	r.fetching.Wait()
}
