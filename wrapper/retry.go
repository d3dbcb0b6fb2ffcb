package wrapper

import (
	"errors"
	"time"
)

// Retryable is an error after which the same request may succeed, once the returned time has passed.
// Sources outside this package may return one too.
type Retryable interface {
	error
	Retryable() (after time.Duration, ok bool)
}

// retryable reports whether the request that failed with err may succeed later, and after which time.
func retryable(err error) (after time.Duration, ok bool) {
	re, ok := errors.AsType[Retryable](err)
	if !ok {
		return 0, false
	}
	return re.Retryable()
}
