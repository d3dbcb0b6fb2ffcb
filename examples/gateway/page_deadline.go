package main

import (
	"net/http"
	"strings"
	"time"
)

// pageTimeout is how long a response that is no download may take, from its request to its last byte.
const pageTimeout = 2 * time.Minute

// boundPages limits the time of every response but downloads, which the server limits by the progress of the client. A
// client that reads nothing would hold a page, its connection and its memory otherwise. An announced body of a request is
// not waited for: net/http would read it before it sends the status.
func boundPages(next http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := http.NewResponseController(w)
		if isDownload(r.URL.Path) {
			_ = to.SetWriteDeadline(time.Time{}) // of the page before, on the same connection
			next.ServeHTTP(w, r)
			return
		}
		_ = to.SetWriteDeadline(time.Now().Add(timeout))
		if r.ProtoMajor == 1 && r.ContentLength != 0 {
			w.Header().Set("Connection", "close")
			defer func() { _ = to.SetReadDeadline(time.Now().Add(bodyTimeout)) }()
		}
		next.ServeHTTP(w, r)
	})
}

// bodyTimeout is how long net/http may read an announced body of a request after the response.
const bodyTimeout = 5 * time.Second

func isDownload(path string) bool {
	return strings.HasPrefix(path, "/f/") || strings.HasPrefix(path, "/zip/") || strings.HasPrefix(path, linkPath)
}
