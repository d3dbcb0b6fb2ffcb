package blobdownload

import "net/http"

// allowed are the methods that downloads answer.
const allowed = "GET, HEAD, OPTIONS"

// refusesMethod answers every method but GET and HEAD.
func (s *Server) refusesMethod(w http.ResponseWriter, r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return false
	case http.MethodOptions:
		w.Header().Set("Allow", allowed)
		setSafe(w.Header(), cspAttachment)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", allowed)
		writeStatus(w, http.StatusMethodNotAllowed)
	}
	return true
}
