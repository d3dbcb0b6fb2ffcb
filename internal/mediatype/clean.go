package mediatype

import (
	"mime"
	"strings"
)

const (
	octetStream = "application/octet-stream"
	maxValue    = 512 // bytes of a Content-Type; a media type without parameters has at most 255
)

// Clean returns the Content-Type to send for a stored one: one media type in lower case, with its charset. Other
// parameters stay if their names and values are tokens; they are sorted by name. Clean returns "" if the stored value
// is not one media type, or is a generic default. An alias of an inline type becomes that type. Clean is idempotent.
//
// Text always has a charset. A stored one is kept if browsers have it, and if in markup no byte below 0x80 of it can have
// another meaning at random. Other types have no charset.
func Clean(stored string) string {
	if isKind(stored) { // the common case; parsing costs a dozen allocations
		if saysNothing(stored) {
			return ""
		}
		kind := canonical(stored)
		return withCharset(kind, charset(kind, ""))
	}
	kind, params, ok := parse(stored)
	if !ok || saysNothing(kind) {
		return ""
	}
	kind = canonical(kind)
	kept := make(map[string]string, len(params)+1)
	for name, value := range params {
		if name != "charset" && isToken(name) && isToken(value) {
			kept[name] = value
		}
	}
	stated := charset(kind, params["charset"])
	if stated != "" {
		kept["charset"] = stated
	}
	if clean := mime.FormatMediaType(kind, kept); len(clean) <= maxValue {
		return clean
	}
	return withCharset(kind, stated)
}

// For returns the Content-Type of content with a stored type and a file name: Clean(stored), else ByName(name),
// else application/octet-stream. A stored type that is detected from content is refined by the name: application/zip
// of a.docx. The stored charset stays.
func For(stored, name string) string {
	if clean := Clean(stored); clean != "" {
		kind, _, _ := strings.Cut(clean, ";")
		refinement := refined(kind, name)
		if refinement == "" {
			return clean
		}
		_, params, _ := parse(clean)
		if isXML(refinement) && params["charset"] == utf8 { // the default of Clean and of writers; XML declares its own
			return refinement
		}
		return withCharset(refinement, charset(refinement, params["charset"]))
	}
	if kind := ByName(name); kind != "" {
		return kind
	}
	return octetStream
}

// saysNothing reports whether kind is a generic default of storages or uploaders. S3 and Azure use the first two.
func saysNothing(kind string) bool {
	switch kind {
	case octetStream, "binary/octet-stream", "application/x-octet-stream",
		"application/download", "application/x-download", "application/force-download",
		"application/unknown", "unknown/unknown":
		return true
	}
	return false
}

// parse splits a Content-Type into a lower-case media type and its parameters. It drops invalid parameters, as
// browsers do: "text/html;image/png" is text/html.
func parse(value string) (kind string, params map[string]string, ok bool) {
	if len(value) > maxValue || strings.ContainsFunc(value, isControl) {
		return "", nil, false
	}
	kind, params, err := mime.ParseMediaType(value)
	// Some parsers read the field as a list, so a comma outside of a quoted-string makes the value invalid.
	if err != nil && (kind == "" || strings.Contains(value, ",")) {
		return "", nil, false
	}
	top, sub, _ := strings.Cut(kind, "/")
	return kind, params, isName(top) && isName(sub)
}

func isControl(r rune) bool { return r < ' ' || r > '~' }

// isKind reports whether s is a media type as parse returns it.
func isKind(s string) bool {
	top, sub, ok := strings.Cut(s, "/")
	return ok && isName(top) && isName(sub) && s == strings.ToLower(s)
}

// isName reports whether s is a type or subtype name (RFC 6838 section 4.2). Unlike an HTTP token, it has no
// wildcard.
func isName(s string) bool {
	return len(s) <= 127 && isToken(s) && isAlphanumeric(s[0])
}

// isToken reports whether s needs neither quotes nor the extended notation of RFC 8187.
func isToken(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && strings.IndexByte("!#$&-^_.+", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
