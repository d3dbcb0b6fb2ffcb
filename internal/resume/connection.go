package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Conn is one request, and then the body of its response.
type Conn struct {
	Body   io.ReadCloser
	Cancel context.CancelFunc // ends the request, also during a Read

	stall *time.Timer // calls Cancel
}

// Await cancels the request at the deadline, unless it is zero. Late ends the wait.
func (c *Conn) Await(deadline time.Time) {
	if !deadline.IsZero() {
		c.stall = time.AfterFunc(time.Until(deadline), c.Cancel)
	}
}

// Late ends the wait for the response and reports whether the deadline has passed.
func (c *Conn) Late() bool { return c.stall != nil && !c.stall.Stop() }

// Abort cancels a request without a body.
func (c *Conn) Abort() {
	if c.stall != nil {
		c.stall.Stop()
	}
	c.Cancel()
}

// errStalled is the error of a connection that delivered no byte within the stall timeout.
var errStalled = errors.New("connection stalled")

// stalled is the error of a connection without a byte for that time.
func stalled(timeout time.Duration) error {
	return fmt.Errorf("%w for %v: %w", errStalled, timeout, io.ErrUnexpectedEOF)
}

// connect opens a window on a connection of its own, whose response has to arrive within the timeout.
func connect(ctx context.Context, source Source, off, n int64, timeout time.Duration) (c Conn, err error) {
	ctx, cancel := context.WithCancel(ctx)
	c.Cancel = cancel
	defer func() {
		if c.Body == nil { // also after a panic
			c.Abort()
		}
	}()
	c.Await(time.Now().Add(timeout))
	body, err := source.Open(ctx, off, n)
	switch late := c.Late(); {
	case late && err == nil:
		_ = body.Close()
		return c, stalled(timeout)
	case late:
		return c, stalled(timeout)
	case err != nil:
		return c, err
	}
	c.Body = body
	return c, nil
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
		err = stalled(timeout)
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
	drain(c.Body, n+1, timeout, c.Cancel)
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
