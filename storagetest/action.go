package storagetest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/wrapper"
)

// ErrInjected is the default error of a fault.
var ErrInjected = errors.New("injected failure")

// ErrChecksum is the error of Checksum.
var ErrChecksum = errors.New("checksum of the content does not match")

// Action is the failure of a [Fault]. It is made with one of the functions that return it; the zero value is invalid.
type Action struct {
	kind    kind
	err     error
	n       int64
	pause   time.Duration
	status  int
	content string
	run     func()
	value   any
}

// kind is the kind of an action. Those from breakOff on apply to a body.
type kind int

const (
	none kind = iota
	fail
	status
	resize
	stripValidators
	changeValidators
	ignoreRange
	shiftRange
	ignoreContext
	breakOff
	truncate
	extend
	flip
	stall
	drip
	panics
	run
	overwrite
	remove
	failClose
	failEnd
)

var kindNames = [...]string{
	"nothing", "failure", "status", "wrong size", "missing validators", "changed validators", "ignored range",
	"shifted range", "ignored context", "broken body", "early end", "extra bytes", "flipped byte", "stall", "drip",
	"panic in Read", "function", "overwrite", "removal", "failing Close", "failing end",
}

// String returns the name of the action.
func (a Action) String() string {
	if a.kind == status {
		return fmt.Sprintf("status %d", a.status)
	}
	return kindNames[a.kind]
}

func orInjected(err error) error {
	if err == nil {
		return ErrInjected
	}
	return err
}

// Fail fails the call at once with err. A nil err is ErrInjected. For HTTP, the connection is closed without a
// response.
func Fail(err error) Action { return Action{kind: fail, err: orInjected(err)} }

// Status answers the call with an HTTP status: 403, 404, 412, 429, 503 … A bucket fails with an error that wraps a
// [*wrapper.UpstreamError]. A retryAfter above 0 is sent as Retry-After, in whole seconds.
func Status(code int, retryAfter time.Duration) Action {
	err := driverError{&wrapper.UpstreamError{Status: code, RetryAfter: retryAfter}}
	return Action{kind: status, status: code, pause: retryAfter, err: err}
}

// Resize adds delta bytes to the reported size. The content is unchanged.
func Resize(delta int64) Action { return Action{kind: resize, n: delta} }

// StripValidators removes the entity-tag, the modification time and the digests from the response.
func StripValidators() Action { return Action{kind: stripValidators} }

// ChangeValidators replaces the entity-tag and the modification time in the response.
func ChangeValidators() Action { return Action{kind: changeValidators} }

// IgnoreRange reads the whole object instead of the requested range. For HTTP, the Range field is not forwarded,
// which invalidates a signature that covers it.
func IgnoreRange() Action { return Action{kind: ignoreRange} }

// ShiftRange adds delta bytes to the offset of a range and keeps its length. For HTTP, Content-Range has the
// shifted range; a bucket does not report it.
func ShiftRange(delta int64) Action { return Action{kind: shiftRange, n: delta} }

// IgnoreContext continues a call after its context is done.
func IgnoreContext() Action { return Action{kind: ignoreContext} }

// Break fails a Read at byte At with err. A nil err is ErrInjected.
func Break(err error) Action { return Action{kind: breakOff, err: orInjected(err)} }

// Truncate ends the body at byte At with io.EOF. For HTTP, the response has no Content-Length.
func Truncate() Action { return Action{kind: truncate} }

// Extend adds n zero bytes after the end of the body. At is ignored. For HTTP, the response has no Content-Length.
func Extend(n int64) Action { return Action{kind: extend, n: n} }

// Flip inverts the byte At. Add Checksum for a storage that detects it.
func Flip() Action { return Action{kind: flip} }

// Stall blocks the Read at byte At for d, or until the call's context is done or its body is closed. A d of 0 has
// no limit.
func Stall(d time.Duration) Action { return Action{kind: stall, pause: d} }

// Drip delivers the body from byte At on in pieces of n bytes, with a pause before each.
func Drip(n int64, pause time.Duration) Action { return Action{kind: drip, n: n, pause: pause} }

// Panic panics with v in the Read at byte At.
func Panic(v any) Action { return Action{kind: panics, value: v} }

// Run calls f in the Read at byte At, before that byte is read.
func Run(f func()) Action { return Action{kind: run, run: f} }

// Overwrite replaces the object when an open body is at byte At. It is for buckets only; use Run for HTTP.
func Overwrite(content string) Action { return Action{kind: overwrite, content: content} }

// Remove deletes the object when an open body is at byte At. It is for buckets only; use Run for HTTP.
func Remove() Action { return Action{kind: remove} }

// FailClose fails the Close of a body with err. A nil err is ErrInjected.
func FailClose(err error) Action { return Action{kind: failClose, err: orInjected(err)} }

// Checksum fails with ErrChecksum instead of io.EOF, after all bytes of the body. A storage that verifies checksums
// does so.
func Checksum() Action { return Action{kind: failEnd, err: ErrChecksum} }

// driverError is an answer of the storage as a driver's SDK returns it: after its own retries, so that the caller must not
// retry it again. A *wrapper.UpstreamError alone would be retried by package wrapper for a 429 or a 5xx.
type driverError struct{ *wrapper.UpstreamError }

func (e driverError) Unwrap() error { return e.UpstreamError }

// Retryable reports false for every status.
func (driverError) Retryable() (after time.Duration, ok bool) { return 0, false }

// errorCode returns the code that a provider's driver has for an error.
func errorCode(err error) gcerrors.ErrorCode {
	s, ok := errors.AsType[*wrapper.UpstreamError](err)
	if !ok {
		return gcerrors.Code(err)
	}
	switch s.Status {
	case http.StatusNotFound:
		return gcerrors.NotFound
	case http.StatusForbidden:
		return gcerrors.PermissionDenied
	case http.StatusPreconditionFailed:
		return gcerrors.FailedPrecondition
	case http.StatusTooManyRequests:
		return gcerrors.ResourceExhausted
	default:
		return gcerrors.Unknown
	}
}
