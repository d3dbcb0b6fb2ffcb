package wrapper

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"syscall"

	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// ErrChanged is the error of content whose current version is not the one that was described or opened first.
var ErrChanged = resume.ErrChanged

// ErrLength is the error of content that is longer or shorter than its metadata or its response header states.
var ErrLength = resume.ErrLength

// pathError returns err in the form of every error of this package: a *fs.PathError with the file's name, around a
// standard sentinel, if one fits, and the original error.
func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*fs.PathError); ok && e.Path == name && classified(err) { //nolint:errorlint // the outermost names the file
		return err
	}
	return &fs.PathError{Op: op, Path: name, Err: withSentinel(err)}
}

// withSentinel adds the standard sentinel that classifies an error, if it has none.
func withSentinel(err error) error {
	if s := sentinel(err); s != nil && !errors.Is(err, s) {
		return &sentinelError{sentinel: s, err: err}
	}
	return err
}

func classified(err error) bool {
	s := sentinel(err)
	return s == nil || errors.Is(err, s)
}

// sentinelError adds a standard sentinel to an error.
type sentinelError struct {
	sentinel error
	err      error
}

func (e *sentinelError) Error() string   { return e.sentinel.Error() + ": " + e.err.Error() }
func (e *sentinelError) Unwrap() []error { return []error{e.sentinel, e.err} }

// sentinel returns the standard sentinel of an error, or nil: its own, or that of an SDK's HTTP status. Go CDK's code
// comes last, because it distinguishes fewer kinds.
func sentinel(err error) error {
	if err == nil {
		return nil
	}
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
	// No file can have a name that the file system rejects, or a name below a file.
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
	case gcerrors.NotFound, gcerrors.InvalidArgument: // no object can have a key that a driver rejects
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
