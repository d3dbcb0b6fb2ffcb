package freshness

import (
	"iter"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
)

const blanks = " \t"

var lineBreaks = strings.NewReplacer("\n", " ", "\r", " ")

// elements returns the directives of a Cache-Control. A line break is a blank, as net/http sends it.
func elements(cacheControl string) iter.Seq[string] {
	return fields.Elements(lineBreaks.Replace(cacheControl))
}

// Directives returns the directives of a Cache-Control, each after its name in lower case.
func Directives(cacheControl string) iter.Seq2[string, string] {
	return func(yield func(name, directive string) bool) {
		for directive := range elements(cacheControl) {
			name, _, _ := strings.Cut(directive, "=")
			if !yield(strings.ToLower(strings.Trim(name, blanks)), directive) {
				return
			}
		}
	}
}

// NoStore reports whether a Cache-Control forbids every cache to store a response. The directive must-understand overrides
// no-store (RFC 9111 section 5.2.2.3).
func NoStore(cacheControl string) bool {
	noStore := false
	for name, directive := range Directives(cacheControl) {
		switch {
		case name == "must-understand":
			return false
		case name == "no-store" && !hasArgument(directive):
			noStore = true
		}
	}
	return noStore
}

func hasArgument(directive string) bool { return strings.Contains(directive, "=") }
