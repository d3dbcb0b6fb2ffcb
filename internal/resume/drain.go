package resume

import (
	"io"
	"sync"
	"time"
)

// The rest of a body is read up to these limits, so that its connection can be reused. A connection that needs more is
// closed.
const (
	drainLimit   = 32 << 10
	drainTimeout = time.Second

	unwantedLimit = 64 << 10
	listTimeout   = 30 * time.Second
)

// drain reads at most n bytes, and calls abort after the timeout, which ends a Read.
func drain(body io.Reader, n int64, timeout time.Duration, abort func()) {
	stop := time.AfterFunc(timeout, abort)
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, n)
}

// Drain reads the rest of a body that is not content, with the limits of Unwanted. The caller closes the body.
func Drain(body io.ReadCloser) {
	drain(body, unwantedLimit, drainTimeout, func() { _ = body.Close() })
}

// Unwanted is a body that is not content, such as that of an error. A Read after 64 KiB returns io.EOF. After a second
// the connection is closed, so that a server that sends no end of the body cannot hold its reader.
type Unwanted struct {
	io.LimitedReader
	body  io.Closer
	timer *time.Timer
	once  sync.Once
}

// NewUnwanted starts the time limit of a body. The caller must close the result.
func NewUnwanted(body io.ReadCloser) *Unwanted { return newUnwanted(body, unwantedLimit, drainTimeout) }

// NewList is NewUnwanted for a longer body that is read whole: n bytes, and 30 seconds.
func NewList(body io.ReadCloser, n int64) *Unwanted { return newUnwanted(body, n, listTimeout) }

func newUnwanted(body io.ReadCloser, n int64, timeout time.Duration) *Unwanted {
	u := &Unwanted{LimitedReader: io.LimitedReader{R: body, N: n}, body: body}
	u.timer = time.AfterFunc(timeout, u.closeBody) // which must not read u.timer: it may run before the assignment
	return u
}

// Close reads the rest of the body, and closes it.
func (u *Unwanted) Close() error {
	defer u.end()
	_, err := io.Copy(io.Discard, &u.LimitedReader)
	return err
}

func (u *Unwanted) end() {
	u.timer.Stop()
	u.closeBody()
}

func (u *Unwanted) closeBody() { u.once.Do(func() { _ = u.body.Close() }) }
