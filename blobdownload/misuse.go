package blobdownload

import (
	"fmt"
	"net/http"
)

// misuse returns the error of a missing argument or field: a 500, with the name of the field in the log.
func misuse(format string, args ...any) error {
	return &StatusError{Status: http.StatusInternalServerError, Err: fmt.Errorf("blobdownload: "+format, args...)}
}

// noWildcard returns the error of a view that reads a wildcard which the request's pattern does not have.
func noWildcard(name string, r *http.Request) error {
	return misuse("PathValue(%q): the pattern %q has no wildcard of this name", name, r.Pattern)
}

// misusedView returns a view that always fails.
func misusedView(what string) View {
	err := misuse("%s", what)
	return func(*http.Request) (*Download, error) { return nil, err }
}
