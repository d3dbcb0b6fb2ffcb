package blobdownload

import (
	"net/http"
	"time"
)

// bodyTimeout is how long net/http may read an announced request body after the response.
const bodyTimeout = 5 * time.Second

// ignoreBody keeps the response from waiting for a request body, which a download has no use for. On HTTP/1, net/http
// reads an announced body before it sends the status, without a timeout, unless the connection is to be closed. The
// returned function bounds what it reads afterwards.
func ignoreBody(w http.ResponseWriter, r *http.Request) (after func()) {
	if r.ProtoMajor != 1 || r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody || !served(r) {
		return func() {}
	}
	w.Header().Set("Connection", "close")
	return func() {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	}
}
