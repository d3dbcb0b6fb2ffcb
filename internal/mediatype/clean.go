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
	if generic[stored] {
		return ""
	}
	if isKind(stored) { // the common case; parsing costs a dozen allocations
		return withDefaultCharset(canonical(stored))
	}
	kind, params, ok := parse(stored)
	if !ok || generic[kind] {
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

// generic are the defaults of storages and uploaders. An empty value is one, too; S3 and Azure use the next two.
var generic = map[string]bool{
	"": true, octetStream: true, "binary/octet-stream": true, "application/x-octet-stream": true,
	"application/download": true, "application/x-download": true, "application/force-download": true,
	"application/unknown": true, "unknown/unknown": true,
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
	return kind, params, isKind(kind)
}

func isControl(r rune) bool { return r < ' ' || r > '~' }

// withDefaultCharset returns the Content-Type of a type without a stored charset: text is UTF-8.
func withDefaultCharset(kind string) string {
	switch {
	case kind == "text/plain": // by far the most common text, without an allocation
		return "text/plain; charset=utf-8"
	case isText(kind):
		return kind + "; charset=utf-8"
	default:
		return kind
	}
}

func isText(kind string) bool {
	return strings.HasPrefix(kind, "text/") || kind == "application/javascript"
}

func isXML(kind string) bool {
	return kind == "application/xml" || strings.HasSuffix(kind, "+xml")
}

const maxName = 127 // bytes of a type or subtype name

// isKind reports whether s is a media type without parameters, in lower case. Names consist of letters, digits and
// some punctuation, and begin with a letter or digit (RFC 6838 section 4.2). Unlike an HTTP token, they have no wildcard.
func isKind(s string) bool {
	slashes, length := 0, 0 // of the current name
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || length > 0 && strings.IndexByte(punctuation, c) >= 0:
			length++
		case c == '/' && length > 0:
			slashes, length = slashes+1, 0
		default:
			return false
		}
		if length > maxName {
			return false
		}
	}
	return slashes == 1 && length > 0
}

// isToken reports whether s needs neither quotes nor the extended notation of RFC 8187.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if ('0' > c || c > '9') && ('a' > c|0x20 || c|0x20 > 'z') && strings.IndexByte(punctuation, c) < 0 {
			return false
		}
	}
	return s != ""
}

// punctuation are the further characters of names.
const punctuation = "!#$&-^_.+"
