package blobdownload

import (
	"fmt"
	"net/http"
)

// misuse returns the error of a missing argument or field: a 500, with the name of the field in the log.
func misuse(format string, args ...any) error {
	return &StatusError{Status: http.StatusInternalServerError, Err: fmt.Errorf("blobdownload: "+format, args...)}
}

// misusedView returns a view that always fails.
func misusedView(what string) View {
	err := misuse("%s", what)
	return func(*http.Request) (*Download, error) { return nil, err }
}
