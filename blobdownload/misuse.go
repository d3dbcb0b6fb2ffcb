package blobdownload

import (
	"fmt"
	"net/http"
)

// misuse returns the error of a missing argument or field: a 500, with the name of the field in the log.
func misuse(format string, args ...any) error {
	return &StatusError{Status: http.StatusInternalServerError, Err: fmt.Errorf("blobdownload: "+format, args...)}
}

// download calls the view. A view that reads a wildcard which the request's pattern does not have fails.
func (v View) download(r *http.Request) (*Download, error) {
	d, err := v(r)
	if name := r.PathValue(missingWildcard); name != "" {
		err = misuse("PathValue(%q): the pattern %q has no wildcard of this name", name, r.Pattern)
	}
	return d, err
}

// misusedView returns a view that always fails.
func misusedView(what string) View {
	err := misuse("%s", what)
	return func(*http.Request) (*Download, error) { return nil, err }
}
