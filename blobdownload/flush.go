package blobdownload

import (
	"net/http"
	"sync"
	"time"
)

// flushDelay is how long generated content is buffered. Without a delay, content generated line by line would cost
// one write to the connection for every line.
const flushDelay = 10 * time.Millisecond

// flushBuffer is how much generated content one write sends, unless flushDelay passes first. net/http adds a write for
// the length of each chunk.
const flushBuffer = mediumBuffer

// flushWriter joins small writes, and sends them to the client within flushDelay.
type flushWriter struct {
	mu    sync.Mutex
	w     http.ResponseWriter
	timer *time.Timer // nil: nothing is buffered, here or by net/http
	err   error       // of a write or a flush by the timer

	held []byte // of takeBuffer; nil: nothing is buffered here
	n    int    // bytes of held

	deadline *writeDeadline // of each write and each flush
}

// write buffers p, and starts the timer. A block as long as the buffer is written at once.
func (f *flushWriter) write(p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer == nil {
		f.timer = time.AfterFunc(flushDelay, f.flush)
	}
	for f.err == nil && len(p) > 0 {
		if f.n == 0 && len(p) >= flushBuffer {
			return f.deadline.write(f.w, p)
		}
		if f.held == nil {
			f.held = takeBuffer(flushBuffer)
		}
		n := copy(f.held[f.n:], p)
		f.n += n
		p = p[n:]
		if f.n == flushBuffer {
			f.err = f.send()
		}
	}
	return f.err
}

// send writes what is buffered here. The buffer remains for the next write, until the timer or finish drops it.
func (f *flushWriter) send() error {
	if f.n == 0 {
		return nil
	}
	n := f.n
	f.n = 0
	return f.deadline.write(f.w, f.held[:n])
}

func (f *flushWriter) drop() {
	putBuffer(f.held)
	f.held, f.n = nil, 0
}

// flush is called by the timer: it writes what is buffered here, and makes net/http send it.
func (f *flushWriter) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer == nil {
		return // stopped
	}
	f.timer = nil
	f.err = f.send()
	f.drop()
	if f.err == nil {
		f.err = f.deadline.flush()
	}
}

// finish writes what is buffered, and stops the timer. No flush runs after it has returned; one that runs ends by its
// deadline.
func (f *flushWriter) finish() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopTimer()
	if f.err == nil {
		f.err = f.send()
	}
	f.drop()
	return f.err
}

// stop drops what is buffered, and stops the timer like finish.
func (f *flushWriter) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopTimer()
	f.drop()
}

func (f *flushWriter) stopTimer() {
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
}
