package storagetest

import (
	"net/http"
	"net/http/httptest"
)

// Serve returns what a handler answers to a request. A handler that aborts its response panics here, as it does
// in a server; what a client sees then is shown by a httptest.Server.
func Serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}
