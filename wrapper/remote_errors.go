package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// UpstreamError is a response without content from a storage or a remote server. It is not the status for the client: a
// Server derives that from the sentinel around it.
type UpstreamError struct {
	Status     int           // of the upstream response
	Code       string        // the storage's error code, such as NoSuchBucket; may be ""
	Hint       string        // for the log: which storage, and what to do; may be ""
	RetryAfter time.Duration // from the Retry-After field; 0 if there is none
}

// Error returns the hint, the status and the code, in one line.
func (e *UpstreamError) Error() string {
	s := fmt.Sprintf("upstream returned %d %s", e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Hint != "" {
		s = e.Hint + ": " + s
	}
	return s
}

// HTTPStatusCode returns Status. SDK errors have a method of this name too.
func (e *UpstreamError) HTTPStatusCode() int { return e.Status }

// Retryable reports whether the same request may succeed later: for 429, 500, 502, 503 and 504 (RFC 6585 section 4, RFC 9110
// section 15.6).
func (e *UpstreamError) Retryable() (after time.Duration, ok bool) {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.RetryAfter, true
	default:
		return 0, false
	}
}

// statusError returns the error for a response without content: an UpstreamError, with a sentinel where one fits.
func statusError(resp *http.Response) error {
	err := error(&UpstreamError{Status: resp.StatusCode, RetryAfter: upstream.RetryAfter(resp.Header.Get("Retry-After"))})
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		return &sentinelError{sentinel: fs.ErrNotExist, err: err}
	case http.StatusForbidden:
		return &sentinelError{sentinel: fs.ErrPermission, err: err}
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return &sentinelError{sentinel: context.DeadlineExceeded, err: err}
	default:
		return err
	}
}

// Retryable is an error after which the same request may succeed, once the returned time has passed.
// Sources outside this package may return one too.
type Retryable interface {
	error
	// Retryable returns the least time until the next attempt, 0 for none, and false if the request must not be repeated.
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

// transportError is the error of a request without a response.
type transportError struct{ error }

func (e *transportError) Unwrap() error { return e.error }

// Retryable reports true: another connection may succeed.
func (e *transportError) Retryable() (after time.Duration, ok bool) { return 0, true }
