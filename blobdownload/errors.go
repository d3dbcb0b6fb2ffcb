package blobdownload

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"syscall"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// StatusError is an error with the HTTP status of its response. The zero value is a 500. With a status of 3xx and a Location
// in Header, a view redirects the client. [Status] returns the status of the response.
type StatusError struct {
	Status int   // 400 to 599, or 301, 302, 303, 307 or 308 with a Location; any other is a 500
	Err    error // the cause, for the log; may be nil

	// Header holds fields of the response, such as Retry-After and WWW-Authenticate. nil means none.
	Header http.Header
}

// Error returns the text of Err, or that of Status without one. It is never empty.
func (e *StatusError) Error() string {
	if e.Err == nil {
		return cmp.Or(http.StatusText(e.Status), "status "+strconv.Itoa(e.Status))
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *StatusError) Unwrap() error { return e.Err }

// HTTPStatus returns the field Status, valid or not.
func (e *StatusError) HTTPStatus() int { return e.Status }

// Status returns the HTTP status of an error's response: 400 to 599, or that of a redirect by a [StatusError]. The first
// match counts:
//
//   - the error's method HTTPStatus() int; 500 if the number is no status of an error and no redirect
//   - 404 for fs.ErrNotExist, 403 for fs.ErrPermission, 400 for fs.ErrInvalid
//   - 504 for context.DeadlineExceeded, 501 for errors.ErrUnsupported
//   - 503 if the process has no more file descriptors
//   - 502 for any other *fs.PathError: the storage is an upstream
//   - 500 for the application's own errors
func Status(err error) int {
	if s, ok := errors.AsType[interface {
		error
		HTTPStatus() int
	}](err); ok {
		if code := s.HTTPStatus(); code >= 400 && code <= 599 || isRedirect(code, err) {
			return code
		}
		return http.StatusInternalServerError
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound
	case errors.Is(err, fs.ErrPermission):
		return http.StatusForbidden
	case errors.Is(err, fs.ErrInvalid):
		return http.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout
	case errors.Is(err, errors.ErrUnsupported):
		return http.StatusNotImplemented
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return http.StatusServiceUnavailable
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError
}

// isRedirect reports whether the response to an error redirects the client.
func isRedirect(code int, err error) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		e, ok := errors.AsType[*StatusError](err)
		return ok && fields.Canonical(e.Header).Get("Location") != ""
	default:
		return false
	}
}

// Error writes the response to an error with the status of [Status]. The body is the status text; the error's own
// text goes to the log. If the request has been canceled, Error panics with http.ErrAbortHandler: a client that
// is still connected would get an empty 200 otherwise.
func (s *Server) Error(w http.ResponseWriter, r *http.Request, err error) {
	if r.ContentLength != 0 {
		defer ignoreBody(w, r)()
	}
	if l := LinkOf(r); l != nil {
		l.claimUse()
	}
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		s.log(r, err, logClientLeft)
		abort(w, r)
	}
	err = hideMissing(r, err)
	s.log(r, err, "download failed")
	s.writeError(w, r, err)
}
