package blobdownload

import "net/http"

// allowed are the methods that downloads answer.
const allowed = "GET, HEAD, OPTIONS"

// refusesMethod answers every method but GET and HEAD.
func (s *Server) refusesMethod(w http.ResponseWriter, r *http.Request) bool {
	if isDownload(r.Method) {
		return false
	}
	refuseMethod(w, r)
	return true
}

func isDownload(method string) bool { return method == http.MethodGet || method == http.MethodHead }

func refuseMethod(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", allowed)
	if r.Method != http.MethodOptions {
		writeStatus(w, http.StatusMethodNotAllowed)
		return
	}
	setSafe(w.Header(), cspAttachment)
	w.WriteHeader(http.StatusNoContent)
}
