package resume

import (
	"errors"
	"time"
)

// read delivers the next bytes. It returns 0 and no error if no part is left: at the end of the window, or because
// the client is no faster than one connection.
func (r *readAhead) read(p []byte) (int, error) {
	head := r.beginRead()
	if head == nil {
		return 0, nil
	}
	defer r.endRead()
	select {
	case <-head.done:
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
	if r.headRead.IsZero() {
		r.headRead = time.Now()
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

// beginRead returns the part to read from, or nil if none is left.
func (r *readAhead) beginRead() *part {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer.Stop()
	if !r.headRead.IsZero() && time.Since(r.headRead) > r.clientTimeout {
		r.drop()
	}
	if len(r.parts) == 0 {
		return nil
	}
	r.reading = true
	return r.parts[0]
}

// endRead starts the client's time until its next read.
func (r *readAhead) endRead() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading, r.lastRead = false, time.Now()
	if len(r.parts) > 0 {
		r.timer.Reset(r.clientTimeout)
	}
}

// expire drops the parts of a client that has not read within its timeout.
func (r *readAhead) expire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reading && time.Since(r.lastRead) >= r.clientTimeout {
		r.drop()
	}
}

// delivered reuses the buffer of a part and requests the next parts, unless the client has slowed down.
func (r *readAhead) delivered(p *part) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parts) == 0 { // dropped during the read
		return
	}
	r.headRead = time.Time{}
	r.parts[0] = nil
	r.parts = r.parts[1:]
	r.free = append(r.free, p.buf)
	r.buffered--
	if r.buffered < len(r.parts) {
		r.giveBuffer(r.parts[r.buffered])
	}
	r.sample++
	if r.began.IsZero() || r.sample == r.options.ReadAhead {
		took := time.Since(r.began).Seconds()
		if !r.began.IsZero() && float64(r.sample)*float64(len(p.buf)) < fasterBy*r.rate*took {
			r.stopping = true
		}
		r.sample, r.began = 0, time.Now()
	}
	r.request()
}

// empty reports whether no part is to be expected, and whether that is because the storage ignores Range.
func (r *readAhead) empty() (now, noRanges bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parts) == 0 {
		return true, false
	}
	select {
	case <-r.parts[0].done:
		noRanges = errors.Is(r.parts[0].err, errNoRanges)
		return noRanges, noRanges
	default:
		return false, false
	}
}
