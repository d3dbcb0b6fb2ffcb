package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Conn is the response body of one request.
type Conn struct {
	Body   io.ReadCloser
	Cancel context.CancelFunc // ends the request, also during a Read

	stall *time.Timer
}

// errStalled is the error of a connection that delivered no byte within the stall timeout.
var errStalled = errors.New("connection stalled")

// connect opens a window on a connection of its own.
func connect(ctx context.Context, source Source, off, n int64) (Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	body, err := source.Open(ctx, off, n)
	if err != nil {
		cancel()
		return Conn{}, err
	}
	return Conn{Body: body, Cancel: cancel}, nil
}

// read reads once and cancels the request if no byte arrives in time.
func (c *Conn) read(p []byte, timeout time.Duration) (int, error) {
	if c.stall == nil {
		c.stall = time.AfterFunc(timeout, c.Cancel)
	} else {
		c.stall.Reset(timeout)
	}
	n, err := c.Body.Read(p)
	if !c.stall.Stop() && err != nil && err != io.EOF {
		err = fmt.Errorf("%w for %v: %w", errStalled, timeout, io.ErrUnexpectedEOF)
	}
	return n, err
}

// discards reports whether the server sent bytes outside the window, because it ignores Range.
func (c *Conn) discards() bool {
	d, ok := c.Body.(interface{ Discards() bool })
	return ok && d.Discards()
}

// drain reads the last n bytes of a body, so that its connection can serve another request.
func (c *Conn) drain(n int64, timeout time.Duration) {
	stop := time.AfterFunc(timeout, c.Cancel)
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, c.Body, n+1)
}

// close closes the body and clears c.
func (c *Conn) close() {
	if c.Body == nil {
		return
	}
	old := *c
	*c = Conn{}
	defer old.Cancel() // also if the body panics
	if old.stall != nil {
		old.stall.Stop()
	}
	_ = old.Body.Close()
}
