package blobdownload

import (
	"sync"
	"time"
)

// streamTimer resets an HTTP/2 stream when the time of a write has passed. A deadline of net/http would also pass between
// writes, and would need two messages to the goroutine of the connection for each write: one sets it, one clears it.
type streamTimer struct {
	mu      sync.Mutex
	timer   *time.Timer // calls expire
	running bool
	writing bool
}

// watch gives the write that begins until d.until.
func (d *writeDeadline) watch() {
	t := &d.stream
	t.mu.Lock()
	defer t.mu.Unlock()
	d.until, t.writing = d.began.Add(d.left), true
	switch {
	case t.timer == nil:
		t.timer = time.AfterFunc(d.left, d.expire)
	case !t.running || d.rate > 0: // else it expires before d.until, and then runs for the rest
		t.timer.Reset(d.left)
	}
	t.running = true
}

// expire resets the stream if a write has no time left. An expired deadline lets the write fail.
func (d *writeDeadline) expire() {
	t := &d.stream
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running = t.writing; !t.running {
		return
	}
	if left := time.Until(d.until); left > 0 {
		t.timer.Reset(left)
		return
	}
	_ = d.to.SetWriteDeadline(longAgo)
}

// pause ends the write: no time passes until the next one.
func (t *streamTimer) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writing = false
}

// stop ends the timer. After that, the writer is not used any more.
func (t *streamTimer) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.writing = false; t.timer != nil {
		t.timer.Stop()
	}
}
