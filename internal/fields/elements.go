package fields

import (
	"iter"
	"strings"
)

// Elements returns the elements of a list, without empty ones and without blanks around them (RFC 9110 section 5.6.1.2). A
// comma in a quoted string separates none (section 5.6.4). A quoted string that the list does not close is closed.
func Elements(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		rest := list
		for rest != "" {
			var element string
			element, rest = cutElement(rest)
			if element = strings.Trim(element, blanks); element != "" && !yield(element) {
				return
			}
		}
	}
}

// cutElement returns the text before the first comma outside of quoted strings, and the text after it.
func cutElement(list string) (element, rest string) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 == len(list):
			return list[:i] + `"`, "" // it would escape the quote that is added
		case c == '\\' && quoted:
			i++ // the next byte is escaped
		case c == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	if quoted {
		list += `"`
	}
	return list, ""
}
