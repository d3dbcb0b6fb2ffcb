package blobdownload

import (
	"net/http"
	"sync"
	"time"
)

// flushDelay is how long generated content is buffered. Without a delay, content generated line by line would cost
// one write to the connection for every line.
const flushDelay = 10 * time.Millisecond

// flushWriter flushes each write to the client within flushDelay.
type flushWriter struct {
	mu    sync.Mutex
	w     http.ResponseWriter
	timer *time.Timer // nil: nothing is buffered
	err   error       // of a flush

	deadline *writeDeadline // of each write and each flush
}

func (f *flushWriter) write(p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	if f.timer == nil {
		f.timer = time.AfterFunc(flushDelay, f.flush)
	}
	return f.deadline.write(f.w, p)
}

func (f *flushWriter) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer == nil {
		return // stopped
	}
	f.timer = nil
	f.err = f.deadline.flush()
}

// stop stops the timer. No flush runs after it has returned; one that runs ends by its deadline.
func (f *flushWriter) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
}
