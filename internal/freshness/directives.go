package freshness

import (
	"iter"
	"strings"
)

// directives returns the directives of a Cache-Control. A comma in a quoted string separates none (RFC 9110 section 5.6.4).
// A quoted string that the field does not close is closed.
func directives(field string) iter.Seq[string] {
	return func(yield func(string) bool) {
		begin, quoted := 0, false
		for i := 0; i < len(field); i++ {
			switch c := field[i]; {
			case c == '"':
				quoted = !quoted
			case c == '\\' && quoted && i+1 < len(field):
				i++ // the next byte is escaped
			case c == '\\' && quoted:
				field = field[:i] // it would escape the quote that is added
			case c == ',' && !quoted:
				if !yield(strings.TrimSpace(field[begin:i])) {
					return
				}
				begin = i + 1
			}
		}
		rest := field[begin:]
		if quoted {
			rest += `"`
		}
		yield(strings.TrimSpace(rest))
	}
}
