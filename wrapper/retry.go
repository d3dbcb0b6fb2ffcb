package wrapper

import (
	"context"
	"errors"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Retryable is an error after which the same request may succeed, once the returned time has passed.
// Sources outside this package may return one too.
type Retryable interface {
	error
	Retryable() (after time.Duration, ok bool)
}

// attempt makes a request, with as many retries as the file's ReadOptions allow.
func (f *File) attempt(ctx context.Context, request func() error) error {
	return resume.Retry(ctx, f.transfer.Retries, retryable, request)
}

// retryable reports whether the request that failed with err may succeed later, and after which time.
func retryable(err error) (after time.Duration, ok bool) {
	re, ok := errors.AsType[Retryable](err)
	if !ok {
		return 0, false
	}
	return re.Retryable()
}
