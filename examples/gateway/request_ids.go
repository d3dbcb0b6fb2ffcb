package main

import (
	"net/http"
	"net/netip"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// requestIDs gives an id to each request. It keeps the X-Request-ID of trusted proxies only: any other client could send the
// id of another request.
func requestIDs(next http.Handler, trusted []netip.Prefix) http.Handler {
	next = blobdownload.RequestIDs(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !inside(trusted, peer(r)) {
			r.Header.Del("X-Request-ID")
		}
		next.ServeHTTP(w, r)
	})
}
