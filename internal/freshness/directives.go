package freshness

import (
	"iter"
	"strings"
)

const blanks = " \t"

var lineBreaks = strings.NewReplacer("\n", " ", "\r", " ")

// directives returns the directives of a Cache-Control, without empty ones. A comma in a quoted string separates none (RFC 9110
// section 5.6.4). A quoted string that the field does not close is closed. A line break is a blank, as net/http sends it.
func directives(field string) iter.Seq[string] {
	return func(yield func(string) bool) {
		field := lineBreaks.Replace(field)
		for field != "" {
			directive, rest := first(field)
			field = rest
			if directive = strings.Trim(directive, blanks); directive != "" && !yield(directive) {
				return
			}
		}
	}
}

// first returns the text before the first comma outside of quoted strings, and the text after it.
func first(field string) (directive, rest string) {
	quoted := false
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 == len(field):
			return field[:i] + `"`, "" // it would escape the quote that is added
		case c == '\\' && quoted:
			i++ // the next byte is escaped
		case c == ',' && !quoted:
			return field[:i], field[i+1:]
		}
	}
	if quoted {
		field += `"`
	}
	return field, ""
}
