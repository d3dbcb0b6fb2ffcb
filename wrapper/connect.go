package wrapper

import (
	"context"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// connection is an open body, and what it occupies until it is closed.
type connection struct {
	resume.Conn
	release func() // returns the connection of the limiter
	leave   func() // leaves the admission
}

// connect makes the request that opens a body, with as many retries as the file's ReadOptions allow. A request without a
// body occupies nothing: its Body is nil, and there is nothing to release. A HEAD is a metadata request for the limiter.
func (f *File) connect(
	ctx context.Context, head bool, open func(context.Context) (io.ReadCloser, error),
) (c connection, err error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return c, err
	}
	defer func() {
		if c.Body == nil { // also after a panic
			leave()
		}
	}()
	by := f.firstByteBy()
	err = resume.Retry(ctx, f.transfer.Retries, by, retryable, func() (err error) {
		release := func() {}
		if l := f.limiter; l != nil {
			slots := l.reads
			if head {
				slots = l.stats
			}
			if release, err = l.acquire(ctx, slots); err != nil {
				return err
			}
		}
		defer func() {
			if c.Body == nil {
				release()
			}
		}()
		c.release, c.leave = release, leave
		c.Conn, err = resume.Open(ctx, by, open)
		return err
	})
	return c, err
}

// defaultFirstByte is the FirstByteTimeout of most files.
const defaultFirstByte = 30 * time.Second

// firstByteBy returns the time by which a response header must have arrived, or the zero time for local content, which
// no context interrupts.
func (f *File) firstByteBy() time.Time {
	limit := f.transfer.FirstByteTimeout
	if limit <= 0 {
		limit = defaultFirstByte
		if _, ok := f.src.(*materializedSource); ok {
			limit = fillLimit
		}
	}
	if f.Local() {
		return time.Time{}
	}
	return time.Now().Add(limit)
}
