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
	if r.Method != http.MethodOptions {
		writeError(w, r, errMethod, handler)
		return
	}
	fields.DropControl(w.Header())
	w.Header().Set("Allow", allowedMethods)
	setSecurityHeader(w.Header(), cspAttachment)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) rejectMethod(w http.ResponseWriter, r *http.Request) {
	s.bound(w, r, func() { rejectMethod(w, r, s.ErrorHandler) })
}
