package fields

import (
	"iter"
	"net/http"
	"strings"
)

const blanks = " \t"

// List returns the lines of a list field as one value (RFC 9110 section 5.3). The name is canonical. Blank lines are left
// out.
func List(h http.Header, name string) string {
	lines := h[name]
	if len(lines) == 1 { // the common case, without an allocation
		return strings.Trim(lines[0], blanks)
	}
	var kept []string
	for _, line := range lines {
		if line = strings.Trim(line, blanks+","); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, ", ")
}

// Single returns the value of a field that is no list: its first line that is not blank. The name is canonical.
func Single(h http.Header, name string) string {
	for _, line := range h[name] {
		if line = strings.Trim(line, blanks); line != "" {
			return line
		}
	}
	return ""
}

// Members returns the members of a list of tokens, in lower case. Empty members and members that are no token are left
// out, parameters included (RFC 9110 section 5.6.1.2).
func Members(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for member := range strings.SplitSeq(list, ",") {
			member = strings.ToLower(strings.Trim(member, blanks))
			if isToken(member) && !yield(member) {
				return
			}
		}
	}
}

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if strings.IndexByte(tokenChars, s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

const tokenChars = "abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+.^_`|~"
