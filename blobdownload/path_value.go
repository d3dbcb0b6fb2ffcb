package blobdownload

import (
	"net/http"
	"strings"
)

// PathValue returns a function for the value of a wildcard in the http.ServeMux pattern, decoded once. If the pattern has no
// such wildcard, [Server.Handler] responds with 500, and the log names both.
func PathValue(wildcard string) func(r *http.Request) string {
	return func(r *http.Request) string {
		value := r.PathValue(wildcard)
		if value == "" && r.Pattern != "" && !hasWildcard(r.Pattern, wildcard) {
			r.SetPathValue(missingWildcard, wildcard)
		}
		return value
	}
}

func hasWildcard(pattern, name string) bool {
	return strings.Contains(pattern, "{"+name+"}") || strings.Contains(pattern, "{"+name+"...}")
}

// missingWildcard is the path value with the wildcard that PathValue did not find. No pattern has this name.
const missingWildcard = "blobdownload: missing wildcard"

// missedWildcard returns the error of a request whose pattern has not the wildcard of PathValue, or nil.
func missedWildcard(r *http.Request) error {
	name := r.PathValue(missingWildcard)
	if name == "" {
		return nil
	}
	return misuse("PathValue(%q): the pattern %q has no wildcard of this name", name, r.Pattern)
}
