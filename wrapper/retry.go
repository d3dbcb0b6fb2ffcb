package wrapper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Retryable is an error after which the same request may succeed, once the returned time has passed.
// Sources outside this package may return one too.
type Retryable interface {
	error
	Retryable() (after time.Duration, ok bool)
}

// attempt makes a request, with as many retries as the file's ReadOptions allow before the deadline of firstByteBy.
func (f *File) attempt(ctx context.Context, by time.Time, request func() error) error {
	return resume.Retry(ctx, f.transfer.Retries, by, retryable, request)
}

// defaultFirstByte is the FirstByteTimeout of most files.
const defaultFirstByte = 30 * time.Second

// firstByteBy returns the time by which a response header must have arrived, or the zero time for local content, which
// no context interrupts.
func (f *File) firstByteBy() time.Time {
	limit := f.transfer.FirstByteTimeout
	if limit <= 0 {
		limit = defaultFirstByte
		if s, ok := f.src.(*materializedSource); ok {
			limit = s.m.timeout()
		}
	}
	if f.Local() {
		return time.Time{}
	}
	return time.Now().Add(limit)
}

// errNoResponse is the error of a request whose FirstByteTimeout has passed.
var errNoResponse = fmt.Errorf("storage sent no response in time: %w", context.DeadlineExceeded)

// retryable reports whether the request that failed with err may succeed later, and after which time.
func retryable(err error) (after time.Duration, ok bool) {
	re, ok := errors.AsType[Retryable](err)
	if !ok {
		return 0, false
	}
	return re.Retryable()
}
