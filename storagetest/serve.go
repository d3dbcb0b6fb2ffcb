package storagetest

import (
	"net/http"
	"net/http/httptest"
)

// Serve returns the response of a handler to a request. It panics with http.ErrAbortHandler if the handler aborts
// the response. Use an httptest.Server to test what a client receives in that case.
func Serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}
