package wrapper

import (
	"io"
	"net/http"
)

// TransportOf is what a guarded client connects by.
func TransportOf(c *http.Client) *http.Transport { return c.Transport.(*guard).Transport }

// Ahead is how many bytes of memory a body holds for what it reads ahead.
func Ahead(rc io.ReadCloser) int64 {
	a := rc.(*body).rc.(*steady).ahead
	if a == nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.buffers * a.transfer.PartSize
}

// FillAhead takes all the memory that there is for reading ahead, until it is called.
func FillAhead() (release func()) {
	n := maxAhead - aheadMemory.held.Load()
	aheadMemory.give(-n)
	return func() { aheadMemory.give(n) }
}
