package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// UpstreamError is an answer of a remote server that is not content.
type UpstreamError struct {
	StatusCode int           // the remote's, not one for the client
	Code       string        // the store's own word for it, such as NoSuchBucket; may be empty
	Hint       string        // which store it was, and what to do about it, for the log; may be empty
	RetryAfter time.Duration // how long the remote asked to be left alone
}

func (e *UpstreamError) Error() string {
	s := fmt.Sprintf("remote answered %d %s", e.StatusCode, http.StatusText(e.StatusCode))
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Hint != "" {
		s = e.Hint + ": " + s
	}
	return s
}

// HTTPStatusCode returns the remote's status, by the name that SDK errors use.
func (e *UpstreamError) HTTPStatusCode() int { return e.StatusCode }

// Retryable reports the statuses after which the same request may succeed (RFC 9110 section 15.6,
// RFC 6585 section 4).
func (e *UpstreamError) Retryable() (after time.Duration, ok bool) {
	switch e.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.RetryAfter, true
	default:
		return 0, false
	}
}

// statusError names an answer that is not content.
func statusError(resp *http.Response) error {
	err := error(&UpstreamError{StatusCode: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"))})
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

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(field string) time.Duration {
	if n, err := strconv.ParseUint(field, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(field); err == nil {
		return max(time.Until(t), 0)
	}
	return 0
}

// transportError is a request that got no answer.
type transportError struct{ error }

func (e *transportError) Unwrap() error { return e.error }

// Retryable says that the next connection may do better.
func (e *transportError) Retryable() (after time.Duration, ok bool) { return 0, true }

// passing reports whether a request that got no answer may get one on another connection. What took too
// long already is not tried again.
func passing(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && !op.Timeout() && (op.Op == "read" || op.Op == "write")
}
