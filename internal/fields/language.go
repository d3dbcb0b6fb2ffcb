package fields

import "strings"

// maxLanguages is how many languages are kept of a Content-Language.
const maxLanguages = 16

// Languages returns a Content-Language with those members that are language tags, or "" (RFC 9110 section 8.5).
func Languages(field string) string {
	if isLanguage(field) { // the common case, without an allocation
		return field
	}
	var kept []string
	for member := range strings.SplitSeq(field, ",") {
		if member = strings.Trim(member, blanks); isLanguage(member) && len(kept) < maxLanguages {
			kept = append(kept, member)
		}
	}
	return strings.Join(kept, ", ")
}

// isLanguage reports whether s has the form of a language tag (RFC 5646 section 2.1): subtags of one to eight letters and
// digits, the first of them of letters.
func isLanguage(s string) bool {
	const longest = 64
	if s == "" || len(s) > longest {
		return false
	}
	first := true
	for subtag := range strings.SplitSeq(s, "-") {
		if subtag == "" || len(subtag) > 8 {
			return false
		}
		for i := range len(subtag) {
			c := subtag[i]
			if isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'; !isLetter && (first || c < '0' || c > '9') {
				return false
			}
		}
		first = false
	}
	return true
}
