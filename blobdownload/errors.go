package blobdownload

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"strconv"
	"syscall"
)

// StatusError is an error with the HTTP status that it is to be answered by.
type StatusError struct {
	Status int
	Err    error // the cause, for the log; may be nil

	// Header holds fields that go with the status, such as Retry-After and WWW-Authenticate.
	Header http.Header
}

func (e *StatusError) Error() string {
	if e.Err == nil {
		return http.StatusText(e.Status)
	}
	return e.Err.Error()
}

func (e *StatusError) Unwrap() error { return e.Err }

// HTTPStatus returns Code.
func (e *StatusError) HTTPStatus() int { return e.Status }

// Status returns the HTTP status that answers an error: the one that the error tells by a method
// HTTPStatus() int; 404 for fs.ErrNotExist, 403 for fs.ErrPermission, 400 for fs.ErrInvalid, 504 for a
// deadline, 501 for errors.ErrUnsupported; 503 when there are no more file descriptors; 502 for any other failure of a storage, which is an
// upstream of the server; 500 for what is left, which is the application's own.
func Status(err error) int {
	if s, ok := errors.AsType[interface {
		error
		HTTPStatus() int
	}](err); ok {
		return s.HTTPStatus()
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

// Error answers a request by an error: the status of [Status] and its standard text, never the error's
// own, which goes to the log. A client that has left gets nothing: Error then panics with
// http.ErrAbortHandler, since what cancelled the request may have been something else, and returning
// would send an empty 200.
func (s *Server) Error(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		s.log(r, err, "client left")
		abort(w, r)
	}
	err = behindLink(r, err)
	s.log(r, err, "download failed")
	if e, ok := errors.AsType[*StatusError](err); ok {
		maps.Copy(w.Header(), e.Header)
	}
	if s.ErrorHandler != nil {
		s.ErrorHandler(w, r, err)
		return
	}
	writeStatus(w, Status(err))
}

// writeStatus sends a status with its standard text as the body.
func writeStatus(w http.ResponseWriter, code int) {
	if code < 400 || code > 599 {
		code = http.StatusInternalServerError
	}
	text := http.StatusText(code)
	if text == "" {
		text = "error"
	}
	text += "\n"
	h := w.Header()
	for _, field := range representationFields {
		h.Del(field)
	}
	setSafe(h, cspAttachment)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}
