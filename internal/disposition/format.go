package disposition

import "unicode/utf8"

const upperHex = "0123456789ABCDEF"

// Format returns the field value with the name Sanitize(name) and the type "inline" or "attachment". Without a
// name, the value is the type only, and the client takes the name from the URL.
//
// The name is always a quoted-string, because a blank or a semicolon would end a token. A name that a quoted-string
// cannot contain unchanged is also sent as filename*, which parsers prefer (RFC 6266 section 4.3). The filename
// comes first for parsers that stop there (RFC 6266 appendix D).
func Format(inline bool, name string) string {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	const plain, extended = `; filename="`, `; filename*=UTF-8''`
	if isPlain(name) && !IsDevice(name) {
		return kind + plain + name + `"`
	}
	name = Sanitize(name)
	if name == "" {
		return kind
	}
	var stack [128]byte
	b := append(stack[:0], kind...)
	b = append(b, plain...)
	b, exact := appendFallback(b, name)
	b = append(b, '"')
	if !exact {
		b = append(b, extended...)
		b = appendExtended(b, name)
	}
	return string(b)
}

// isPlain reports whether a name consists of ASCII letters, digits, dots, dashes, underscores and inner blanks, and is short
// enough. Such a name is sanitized and needs no filename*, unless it is a device's.
func isPlain(name string) bool {
	if name == "" || len(name) > maxBytes || name[0] == ' ' {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_', c == ' ':
		default:
			return false
		}
	}
	last := name[len(name)-1]
	return last != '.' && last != ' '
}

// appendFallback appends the ASCII form of a sanitized name, which needs no escape in a quoted-string. It reports
// whether that is the name itself.
//
// Each rune outside of ASCII becomes "_". So does the percent sign, because some parsers decode %HH (RFC 6266 appendix
// D). A sanitized name has neither a quote nor a backslash, and no question mark, which would start an RFC 2047 word.
func appendFallback(b []byte, name string) (_ []byte, exact bool) {
	exact = true
	for _, r := range name {
		if r >= utf8.RuneSelf || r == '%' {
			b, exact = append(b, '_'), false
			continue
		}
		b = append(b, byte(r))
	}
	return b, exact
}

// appendExtended appends name as the value-chars of RFC 8187, section 3.2.1.
func appendExtended(b []byte, name string) []byte {
	for i := range len(name) {
		if c := name[i]; isAttrChar(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// isAttrChar reports whether c is an attr-char: an HTTP token character except "*", "'" and "%", which the extended
// notation uses.
func isAttrChar(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	switch c {
	case '!', '#', '$', '&', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
