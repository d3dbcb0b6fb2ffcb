package wrapper

import (
	"context"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Admission runs before each request to a storage: it may wait, count, or reject with an error. The function that it
// returns is called once after the request; for a read, when its body is closed. It is called by many goroutines at once.
type Admission func(ctx context.Context) (leave func(), err error)

// enter calls the file's Admissions. It rejects a context that is done, which some storages never check.
func (f *File) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case f.admission == nil:
		return func() {}, nil
	case len(f.admissions) == 0:
		return f.admission(ctx)
	}
	l, err := f.admission(ctx)
	if err != nil {
		return nil, err
	}
	passed := []func(){l}
	defer func() {
		if leave == nil { // also after a panic
			leaveAll(passed)
		}
	}()
	for _, a := range f.admissions {
		l, err := a(ctx)
		if err != nil {
			return nil, err
		}
		passed = append(passed, l)
	}
	return func() { leaveAll(passed) }, nil
}

// leaveAll calls the functions, the last one first. Each is called even if another one panics.
func leaveAll(passed []func()) {
	if last := len(passed) - 1; last >= 0 {
		defer leaveAll(passed[:last])
		passed[last]()
	}
}

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
	err = resume.Retry(ctx, f.readOptions.Retries, by, retryable, func() (err error) {
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
		if f.inMemory() {
			c.Cancel = func() {}
			c.Body, err = open(ctx)
			return err
		}
		c.Conn, err = resume.Open(ctx, by, open)
		return err
	})
	return c, err
}

// defaultFirstByte is the FirstByteTimeout of most files.
const defaultFirstByte = 30 * time.Second

// inMemory reports whether the content is an object of memblob: a request for it needs neither a timeout nor a context of
// its own.
func (f *File) inMemory() bool {
	s, ok := f.src.(*blobSource)
	return ok && s.memory()
}

// firstByteBy returns the time by which a response header must have arrived, or the zero time for content on disk or in
// memory, which no context interrupts.
func (f *File) firstByteBy() time.Time {
	limit := f.readOptions.FirstByteTimeout
	if limit <= 0 {
		limit = defaultFirstByte
		if s, ok := f.src.(*materializedSource); ok {
			limit = s.m.timeout()
		}
	}
	if f.Local() || f.inMemory() {
		return time.Time{}
	}
	return time.Now().Add(limit)
}

// withDeadline returns a context for a call without content, which ends at a time from firstByteBy.
func withDeadline(ctx context.Context, by time.Time) (context.Context, context.CancelFunc) {
	if by.IsZero() {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, by)
}
