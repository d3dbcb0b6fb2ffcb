package plan

import "strings"

// blanks are the characters of OWS (RFC 9110 section 5.6.3).
const blanks = " \t"

func trimBlanks(s string) string { return strings.Trim(s, blanks) }

// ValidETag reports whether etag is an entity-tag in the form of a field: `"x"` or `W/"x"` (RFC 9110 section 8.8.3).
func ValidETag(etag string) bool {
	_, rest, ok := cutETag(etag)
	return ok && rest == ""
}

// StrongMatch reports whether list, the value of an If-Match, matches a file with the entity-tag etag. A list
// matches if one of its members equals etag and neither is weak. "*" matches every file, even one without an
// entity-tag (RFC 9110 sections 8.8.3.2 and 13.1.1).
//
// Parsing stops at the first invalid member; only the members before it can match.
func StrongMatch(list, etag string) bool {
	return matchList(list, etag, func(a, b string) bool { return a == b && a[0] == '"' })
}

// WeakMatch reports whether list, the value of an If-None-Match, matches a file with the entity-tag etag. Unlike
// [StrongMatch], it compares the opaque parts of weak entity-tags, too (RFC 9110 sections 8.8.3.2 and 13.1.2).
func WeakMatch(list, etag string) bool {
	return matchList(list, etag, func(a, b string) bool {
		return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
	})
}

// matchList reports whether list is "*" or has a member that equals etag. Members are separated with commas, and
// empty ones are skipped (RFC 9110 section 5.6.1.2).
func matchList(list, etag string, same func(member, etag string) bool) bool {
	if trimBlanks(list) == "*" {
		return true
	}
	for {
		list = strings.TrimLeft(list, blanks+",")
		tag, rest, ok := cutETag(list)
		if !ok {
			return false
		}
		list = strings.TrimLeft(rest, blanks)
		if list != "" && list[0] != ',' {
			return false
		}
		if same(tag, etag) {
			return true
		}
	}
}

// cutETag splits s after its first entity-tag.
func cutETag(s string) (tag, rest string, ok bool) {
	i := 0
	if strings.HasPrefix(s, "W/") {
		i = 2
	}
	if i == len(s) || s[i] != '"' {
		return "", s, false
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[:i+1], s[i+1:], true
		case c <= ' ' || c == 0x7f:
			return "", s, false
		}
	}
	return "", s, false
}
