package wrapper

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"syscall"

	"gocloud.dev/gcerrors"
)

// ErrChanged says that the content is no longer the one described before.
var ErrChanged = errors.New("content changed while it was read")

// ErrLength says that a source produced more or fewer bytes than it had said.
var ErrLength = errors.New("content is not as long as it was said to be")

// pathError gives err the shape that every error of this package has: a *fs.PathError around a standard
// sentinel, where one fits, and the original.
func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok && classified(err) {
		return err
	}
	if s := sentinel(err); s != nil && !errors.Is(err, s) {
		err = &sentinelError{sentinel: s, err: err}
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func classified(err error) bool {
	s := sentinel(err)
	return s == nil || errors.Is(err, s)
}

// sentinelError is an original error under a standard name.
type sentinelError struct {
	sentinel error
	err      error
}

func (e *sentinelError) Error() string   { return e.sentinel.Error() + ": " + e.err.Error() }
func (e *sentinelError) Unwrap() []error { return []error{e.sentinel, e.err} }

// sentinel classifies an error by what it says of itself: a standard sentinel, the HTTP status of an
// SDK's error, and only then Go CDK's code, which knows fewer kinds.
func sentinel(err error) error {
	for _, s := range [...]error{context.Canceled, context.DeadlineExceeded, fs.ErrNotExist, fs.ErrPermission, errors.ErrUnsupported} {
		if errors.Is(err, s) {
			return s
		}
	}
	if sdk, ok := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err); ok {
		switch sdk.HTTPStatusCode() {
		case http.StatusNotFound, http.StatusGone:
			return fs.ErrNotExist
		case http.StatusForbidden:
			return fs.ErrPermission
		}
	}
	// A name that the file system cannot hold, or that goes on below a file, names nothing.
	if errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() {
		return context.DeadlineExceeded
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound, gcerrors.InvalidArgument: // a driver that refuses a key has nothing under it
		return fs.ErrNotExist
	case gcerrors.PermissionDenied:
		return fs.ErrPermission
	case gcerrors.Unimplemented:
		return errors.ErrUnsupported
	case gcerrors.DeadlineExceeded:
		return context.DeadlineExceeded
	case gcerrors.Canceled:
		return context.Canceled
	default:
		return nil
	}
}

// ReadError gives an error that came out of reading a file's content the shape that all errors of this
// package have.
func ReadError(f *File, err error) error { return pathError("read", f.name, err) }
