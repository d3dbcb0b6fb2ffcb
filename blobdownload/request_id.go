package blobdownload

import (
	"maps"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/requestid"
)

// RequestID returns the id of a request: its field X-Request-ID, if that is one line of 1 to 64 letters, digits and
// "-._~:=+/@". Otherwise it returns "". The id joins the [Result] and the log records of a download with the log of the server
// that sent its bytes.
//
// A client can send any id. Behind a reverse proxy, let the proxy set the field, as docs/servers/nginx.conf does.
func RequestID(r *http.Request) string {
	if lines := r.Header[requestid.Header]; len(lines) == 1 {
		return requestid.Clean(lines[0])
	}
	return ""
}

// RequestIDs returns a handler that gives a random id to each request without a valid X-Request-ID, and sends the id of
// each request with its response. Use it if no reverse proxy sets the field. A server that clients reach directly must
// delete the field before: two requests could otherwise have one id.
func RequestIDs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := RequestID(r)
		if id == "" {
			id = requestid.New()
			c := *r
			c.Header = maps.Clone(r.Header)
			c.Header[requestid.Header] = []string{id}
			r = &c
		}
		w.Header()[requestid.Header] = []string{id}
		next.ServeHTTP(w, r)
	})
}
