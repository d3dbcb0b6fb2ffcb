package blobdownload

import (
	"errors"
	"net/http"
)

// allowedMethods is the Allow field of a download (RFC 9110 section 10.2.1).
const allowedMethods = "GET, HEAD, OPTIONS"

var errMethod = &StatusError{
	Status: http.StatusMethodNotAllowed,
	Err:    errors.New("method is not allowed"),
	Header: http.Header{"Allow": {allowedMethods}},
}

// rejectsMethod answers OPTIONS with 204, and every other method but GET and HEAD with 405. It reports
// whether it has answered. In any case it drops the control fields that middleware has set.
func rejectsMethod(w http.ResponseWriter, r *http.Request, handler errorHandler) bool {
	dropControlFields(w.Header())
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return false
	case http.MethodOptions:
		w.Header().Set("Allow", allowedMethods)
		setSecurityHeader(w.Header(), cspAttachment)
		w.WriteHeader(http.StatusNoContent)
	default:
		writeError(w, r, errMethod, handler)
	}
	return true
}

func (s *Server) rejectsMethod(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.boundError(w)
	}
	return rejectsMethod(w, r, s.ErrorHandler)
}
