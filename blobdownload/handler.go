package blobdownload

import "net/http"

// Handler returns a handler that serves the downloads of a view. An error of the view or of [Server.Serve] is
// answered by [Server.Error].
func (s *Server) Handler(v View) http.Handler {
	if v == nil {
		v = misusedView("Server.Handler: the view is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer ignoreBody(w, r)()
		if s.rejectsMethod(w, r) {
			return
		}
		d, err := v(r)
		if missed := missedWildcard(r); missed != nil {
			err = missed
		}
		if err == nil && (d == nil || d.File == nil) {
			err = errNoFile
		}
		if err == nil {
			err = s.Serve(w, r, d)
		}
		if err != nil {
			s.Error(w, r, err)
		}
	})
}
