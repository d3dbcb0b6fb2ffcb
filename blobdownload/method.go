package blobdownload

import (
	"errors"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// allowedMethods is the Allow field of a download (RFC 9110 section 10.2.1).
const allowedMethods = "GET, HEAD, OPTIONS"

var errMethod = &StatusError{
	Status: http.StatusMethodNotAllowed,
	Err:    errors.New("method is not allowed"),
	Header: http.Header{"Allow": {allowedMethods}},
}

// rejectMethod answers OPTIONS with 204, and any other method than GET and HEAD with 405.
func rejectMethod(w http.ResponseWriter, r *http.Request, handler errorHandler) {
	if r.Method == http.MethodOptions {
		writeOptions(w)
		return
	}
	writeError(w, r, errMethod, handler)
}

// rejectMethod is rejectMethod under a deadline.
func (s *Server) rejectMethod(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		s.boundHeader(w, r)
		writeOptions(w)
		return
	}
	s.writeError(w, r, errMethod)
}

func writeOptions(w http.ResponseWriter) {
	h := w.Header()
	fields.DropControl(h)
	h.Set("Allow", allowedMethods)
	setSecurityHeader(h, cspAttachment)
	w.WriteHeader(http.StatusNoContent)
}
