package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// connection is one body of one request, with the means to end it while it is being read.
type connection struct {
	body    io.ReadCloser
	cancel  context.CancelFunc
	release func() // the limiter's
	timer   *time.Timer
}

// errStalled says that a connection brought no byte for too long. It is a cut like any other.
var errStalled = errors.New("no byte came in time")

func connect(ctx context.Context, open opener, off, n int64) (*connection, error) {
	ctx, cancel := context.WithCancel(ctx)
	body, release, err := open.open(ctx, off, n)
	if err != nil {
		cancel()
		return nil, err
	}
	return &connection{body: body, cancel: cancel, release: release}, nil
}

// read reads some bytes, and ends the connection when none comes in time.
func (c *connection) read(p []byte, timeout time.Duration) (int, error) {
	if c.timer == nil {
		c.timer = time.AfterFunc(timeout, c.cancel)
	} else {
		c.timer.Reset(timeout)
	}
	n, err := c.body.Read(p)
	if !c.timer.Stop() && err != nil && err != io.EOF {
		err = fmt.Errorf("%w within %v: %w", errStalled, timeout, io.ErrUnexpectedEOF)
	}
	return n, err
}

// drain reads what is left of a body, so that its connection can serve another request.
func (c *connection) drain(n int64, timeout time.Duration) {
	stop := time.AfterFunc(timeout, c.cancel)
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, c.body, n+1)
}

func (c *connection) close() {
	if c.timer != nil {
		c.timer.Stop()
	}
	_ = c.body.Close()
	c.cancel()
	c.release()
}
