package freshness

import (
	"slices"
	"strings"
)

// Private returns a Cache-Control under which no shared cache stores a response: with private instead of the directives for
// shared caches. A value with no-store keeps its directives, unless must-understand overrides it (RFC 9111 section 5.2.2.3).
func Private(cacheControl string) string {
	kept := []string{"private"}
	var noStore, mustUnderstand bool
	for directive := range directives(cacheControl) {
		name, _, argued := strings.Cut(directive, "=")
		switch strings.ToLower(strings.Trim(name, blanks)) {
		case "", "public", "private", "s-maxage", "proxy-revalidate":
			continue
		case "no-store":
			noStore = noStore || !argued
		case "must-understand":
			mustUnderstand = true
		}
		kept = append(kept, directive)
	}
	if noStore && !mustUnderstand {
		return strings.Join(slices.Collect(directives(cacheControl)), ", ")
	}
	return strings.Join(kept, ", ")
}

// IsPublic reports whether a Cache-Control lets every cache store a response, also one to a request with credentials.
func IsPublic(cacheControl string) bool {
	public := false
	for directive := range directives(cacheControl) {
		name, _, _ := strings.Cut(directive, "=")
		switch strings.ToLower(strings.Trim(name, blanks)) {
		case "private", "no-store":
			return false
		case "public":
			public = true
		}
	}
	return public
}
