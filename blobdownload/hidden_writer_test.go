package blobdownload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// bareWriter hides all of the connection.
type bareWriter struct{ http.ResponseWriter }

// S7: a writer that hides the write deadline is named in the log, once.
func TestS7HiddenDeadlineIsLoggedOnce(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	inner := server.Handler(viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))}))
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(bareWriter{w}, r) }))
	for range 3 {
		assert.Equal(t, "content", bodyText(t, get(t, srv, "/")))
	}
	assert.Equal(t, 1, strings.Count(log.String(), "blobdownload_test.bareWriter"), log.String())
}

// S7: a recorder in a test has no connection: nothing is logged.
func TestS7RecorderIsNotLogged(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	exchange(t, server.Handler(viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))})), "GET", "/")
	assert.NotContains(t, log.String(), "WARN")
}
