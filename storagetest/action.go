package storagetest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/wrapper"
)

// ErrInjected is what a fault fails with that was given no error of its own.
var ErrInjected = errors.New("injected failure")

// ErrChecksum is what Checksum fails with.
var ErrChecksum = errors.New("checksum of the content does not match")

// Action is what a Fault does. Make one by the functions that return it.
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

// kind is which action; from breakOff on they act on a body.
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

// String names the action.
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

// Fail fails the call at once, with ErrInjected when err is nil. Over HTTP the connection is closed instead of
// an answer.
func Fail(err error) Action { return Action{kind: fail, err: orInjected(err)} }

// Status answers the call with an HTTP status: 403, 404, 412, 429, 503 … A bucket fails with an error that wraps a
// [*wrapper.UpstreamError]. A retryAfter above 0 is sent as Retry-After, in whole seconds.
func Status(code int, retryAfter time.Duration) Action {
	err := driverError{&wrapper.UpstreamError{Status: code, RetryAfter: retryAfter}}
	return Action{kind: status, status: code, pause: retryAfter, err: err}
}

// Resize makes the answer say a size that is wrong by delta bytes. The bytes stay.
func Resize(delta int64) Action { return Action{kind: resize, n: delta} }

// StripValidators takes the entity-tag, the modification time and the digests out of the answer.
func StripValidators() Action { return Action{kind: stripValidators} }

// ChangeValidators gives the answer another entity-tag and modification time than the object has.
func ChangeValidators() Action { return Action{kind: changeValidators} }

// IgnoreRange reads everything, whatever window was asked for. Over HTTP the Range is not passed on, which a
// signature that covers it does not survive.
func IgnoreRange() Action { return Action{kind: ignoreRange} }

// ShiftRange reads a window of the length that was asked for, but delta bytes further on. Over HTTP the answer
// tells so in its Content-Range; a bucket has no way to tell.
func ShiftRange(delta int64) Action { return Action{kind: shiftRange, n: delta} }

// IgnoreContext goes on after the context of the call is done.
func IgnoreContext() Action { return Action{kind: ignoreContext} }

// Break fails a Read at byte At, with ErrInjected when err is nil.
func Break(err error) Action { return Action{kind: breakOff, err: orInjected(err)} }

// Truncate ends the body at byte At as if that were all. Over HTTP the answer has no Content-Length.
func Truncate() Action { return Action{kind: truncate} }

// Extend adds n bytes after the end of the body, whatever At is. Over HTTP the answer has no Content-Length.
func Extend(n int64) Action { return Action{kind: extend, n: n} }

// Flip inverts the byte At, silently. Add Checksum for a storage that finds it.
func Flip() Action { return Action{kind: flip} }

// Stall holds the body at byte At for d, or until the call's context is done or its body is closed. A d of 0
// waits for those alone.
func Stall(d time.Duration) Action { return Action{kind: stall, pause: d} }

// Drip delivers the body from byte At on n bytes at a time, with a pause before each.
func Drip(n int64, pause time.Duration) Action { return Action{kind: drip, n: n, pause: pause} }

// Panic panics with v in the Read at byte At.
func Panic(v any) Action { return Action{kind: panics, value: v} }

// Run calls a function when the body is at byte At, before the next byte is read.
func Run(f func()) Action { return Action{kind: run, run: f} }

// Overwrite replaces the object when the body is at byte At, so after it was opened. It is for buckets; over
// HTTP use Run.
func Overwrite(content string) Action { return Action{kind: overwrite, content: content} }

// Remove deletes the object when the body is at byte At. It is for buckets; over HTTP use Run.
func Remove() Action { return Action{kind: remove} }

// FailClose fails the Close of a body, with ErrInjected when err is nil.
func FailClose(err error) Action { return Action{kind: failClose, err: orInjected(err)} }

// Checksum fails with ErrChecksum where the end of the body would be, as storages do that find the content
// corrupted: after all of its bytes.
func Checksum() Action { return Action{kind: failEnd, err: ErrChecksum} }

// driverError is an answer of the storage as a driver's SDK returns it: after its own retries, so that the caller must not
// retry it again. A *wrapper.UpstreamError alone would be retried by package wrapper for a 429 or a 5xx.
type driverError struct{ *wrapper.UpstreamError }

func (e driverError) Unwrap() error { return e.UpstreamError }

// Retryable reports false for every status.
func (driverError) Retryable() (after time.Duration, ok bool) { return 0, false }

// errorCode is how a driver would classify an error.
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
