package fields

import (
	"maps"
	"net/http"
	"slices"
)

// IsCanonical reports whether all names of a header are canonical. The methods of http.Header find no other names.
func IsCanonical(h http.Header) bool {
	for name := range h {
		if http.CanonicalHeaderKey(name) != name {
			return false
		}
	}
	return true
}

// Canonical returns a header with the values of h and canonical names. It is h itself if all names are canonical. Values of
// one field under several names are joined.
func Canonical(h http.Header) http.Header {
	if IsCanonical(h) {
		return h
	}
	c := make(http.Header, len(h))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		to := http.CanonicalHeaderKey(name)
		c[to] = append(slices.Clip(c[to]), h[name]...)
	}
	return c
}
