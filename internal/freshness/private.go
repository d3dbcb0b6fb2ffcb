package freshness

import (
	"slices"
	"strings"
)

// Private returns a Cache-Control under which no shared cache stores a response: with private instead of the directives for
// shared caches. A value that forbids every cache to store the response keeps its directives.
func Private(cacheControl string) string {
	if NoStore(cacheControl) {
		return strings.Join(slices.Collect(elements(cacheControl)), ", ")
	}
	kept := []string{"private"}
	for name, directive := range Directives(cacheControl) {
		switch name {
		case "", "public", "private", "s-maxage", "proxy-revalidate":
		default:
			kept = append(kept, directive)
		}
	}
	return strings.Join(kept, ", ")
}

// IsPublic reports whether a Cache-Control lets every cache store a response, also one to a request with credentials.
func IsPublic(cacheControl string) bool {
	public := false
	for name := range Directives(cacheControl) {
		switch name {
		case "private", "no-store":
			return false
		case "public":
			public = true
		}
	}
	return public
}
