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

// Set returns a set of canonical names.
func Set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// SetDefault sets a field unless the header has it, possibly with a nil value.
func SetDefault(h http.Header, name, value string) {
	if _, ok := h[http.CanonicalHeaderKey(name)]; !ok {
		h.Set(name, value)
	}
}
