package plan

import "strings"

// blanks are the characters of OWS (RFC 9110 section 5.6.3).
const blanks = " \t"

func trimBlanks(s string) string { return strings.Trim(s, blanks) }

// ValidETag reports whether etag is an entity-tag as a field carries it: `"x"` or `W/"x"` (RFC 9110 section 8.8.3).
func ValidETag(etag string) bool {
	_, rest, ok := cutETag(etag)
	return ok && rest == ""
}

// StrongMatch reports whether list, the value of an If-Match, holds for a file whose tag is etag. A list holds if one
// of its members is the same as etag and neither is weak; * holds for every file, even for one without a tag
// (RFC 9110 sections 8.8.3.2 and 13.1.1).
//
// Reading stops at the first member that is no entity tag; only what stands before it can match.
func StrongMatch(list, etag string) bool {
	return matchList(list, etag, func(a, b string) bool { return a == b && a[0] == '"' })
}

// WeakMatch reports whether list, the value of an If-None-Match, names a file whose tag is etag. It differs from
// [StrongMatch] in that weak tags are compared by their opaque part (RFC 9110 sections 8.8.3.2 and 13.1.2).
func WeakMatch(list, etag string) bool {
	return matchList(list, etag, func(a, b string) bool {
		return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
	})
}

// matchList reports whether list is * or has a member that is the same as etag. Members are separated by commas,
// and empty ones are skipped (RFC 9110 section 5.6.1.2).
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

// cutETag splits the entity tag that s begins with from what follows it.
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
