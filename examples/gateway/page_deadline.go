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
		stream := r.ProtoMajor > 1
		if !stream && r.ContentLength != 0 {
			w.Header().Set("Connection", "close")
			defer func() { _ = to.SetReadDeadline(time.Now().Add(bodyTimeout)) }()
		}
		switch {
		case isDownload(r.URL.Path):
			if !stream {
				_ = to.SetWriteDeadline(time.Time{}) // of the page before, on the same connection
			}
			next.ServeHTTP(w, r)
			return
		case stream:
			boundStream(next, w, r, timeout)
			return
		}
		_ = to.SetWriteDeadline(time.Now().Add(timeout))
		next.ServeHTTP(w, r)
	})
}

// boundStream resets the stream of a page that the client has not accepted in time. A deadline of net/http in the future is no
// replacement: net/http may start it after the end of the stream, and would then reset a complete one.
func boundStream(next http.Handler, w http.ResponseWriter, r *http.Request, timeout time.Duration) {
	to := http.NewResponseController(w)
	expired := make(chan struct{})
	timer := time.AfterFunc(timeout, func() {
		defer close(expired)
		_ = to.SetWriteDeadline(time.Unix(1, 0))
	})
	defer func() {
		if !timer.Stop() {
			<-expired // the writer is not used after the end of the handler
		}
	}()
	next.ServeHTTP(w, r)
	_ = to.Flush()
}

// bodyTimeout is how long net/http may read an announced body of a request after the response.
const bodyTimeout = 5 * time.Second

func isDownload(path string) bool {
	return strings.HasPrefix(path, "/f/") || strings.HasPrefix(path, "/zip/") || strings.HasPrefix(path, linkPath)
}
