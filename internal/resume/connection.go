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

// ErrNoResponse is the error of a request without a response at its deadline.
var ErrNoResponse = fmt.Errorf("storage sent no response in time: %w", context.DeadlineExceeded)

// Open makes a request, whose response must arrive before the deadline, unless that is zero. A request that fails or
// panics, or whose response has no body, is cancelled: its Conn needs no close.
func Open(
	ctx context.Context, deadline time.Time, request func(context.Context) (io.ReadCloser, error),
) (c Conn, err error) {
	ctx, c.Cancel = context.WithCancel(ctx)
	defer func() {
		if c.Body == nil { // also after a panic
			if c.stall != nil {
				c.stall.Stop()
			}
			c.Cancel()
		}
	}()
	if !deadline.IsZero() {
		c.stall = time.AfterFunc(time.Until(deadline), c.Cancel)
	}
	body, err := request(ctx)
	if c.stall != nil && !c.stall.Stop() {
		if body != nil {
			_ = body.Close()
		}
		return c, ErrNoResponse
	}
	if err == nil {
		c.Body = body
	}
	return c, err
}

// errStalled is the error of a connection that delivered no byte within the stall timeout.
var errStalled = errors.New("connection stalled")

// stalled is the error of a connection without a byte for that time.
func stalled(timeout time.Duration) error {
	return fmt.Errorf("%w for %v: %w", errStalled, timeout, io.ErrUnexpectedEOF)
}

// connect opens a window on a connection of its own, whose response has to arrive within the timeout.
func connect(ctx context.Context, source Source, off, n int64, timeout time.Duration) (Conn, error) {
	c, err := Open(ctx, time.Now().Add(timeout), func(ctx context.Context) (io.ReadCloser, error) {
		return source.Open(ctx, off, n)
	})
	if err == ErrNoResponse { //nolint:errorlint // the source's own is not this one
		err = stalled(timeout)
	}
	return c, err
}

// Read reads once and cancels the request if no byte arrives in time.
func (c *Conn) Read(p []byte, timeout time.Duration) (int, error) {
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
