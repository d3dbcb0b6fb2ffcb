package fields

import "strings"

// MaxCodings is how many content codings a stored field may have. Content under more cannot have been meant: each coding
// multiplies what a client decodes.
const MaxCodings = 3

// registered are the content codings of IANA's registry, without identity.
var registered = map[string]bool{
	"aes128gcm": true, "br": true, "compress": true, "dcb": true, "dcz": true, "deflate": true, "exi": true, "gzip": true,
	"pack200-gzip": true, "zstd": true,
}

// Codings returns the content codings in a Content-Encoding, in the order in which they were applied. Tokens that are
// neither registered nor known are dropped. Uploaders store many: a transfer encoding (base64), a charset (utf-8), the
// coding of an upload (aws-chunked), or a word for no coding (none, identity). A field of more than [MaxCodings] has
// none.
func Codings(field string, known func(coding string) bool) []string {
	if field == "" {
		return nil
	}
	var codings []string
	for name := range Members(field) {
		name = Coding(name)
		if !registered[name] && (known == nil || !known(name)) {
			continue
		}
		if len(codings) == MaxCodings {
			return nil
		}
		codings = append(codings, name)
	}
	return codings
}

// OnlyCodings reports whether every member of a Content-Encoding is a content coding, so that it may be sent as stored.
func OnlyCodings(field string, known func(coding string) bool) bool {
	return strings.Trim(field, blanks) == "" || strings.Count(field, ",")+1 == len(Codings(field, known))
}

// Coding returns the canonical name of a content coding in lower case (RFC 9110 section 8.4.1).
func Coding(name string) string {
	if name == "x-gzip" || name == "x-compress" {
		return name[2:]
	}
	return name
}
