package disposition

import "unicode/utf8"

const upperHex = "0123456789ABCDEF"

// Format returns the field value that offers a file under Sanitize(name), to be shown when
// inline is true and else to be saved. When nothing is left of the name the value is the
// disposition type alone, and the client names the file after the URL.
//
// The name is always a quoted-string: unquoted, a blank or a semicolon would end it. A name
// that the quoted-string cannot hold as it is gets a filename* as well, which RFC 6266,
// section 4.3, makes readers prefer; the filename comes first for readers that stop there
// (RFC 6266, appendix D).
func Format(inline bool, name string) string {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	name = Sanitize(name)
	if name == "" {
		return kind
	}
	const plain, extended = `; filename="`, `; filename*=UTF-8''`
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

// appendFallback appends the ASCII form of a sanitized name, safe inside a quoted-string
// without any escape, and reports whether it is the name itself.
//
// Besides each rune outside ASCII these become "_": the quote, because readers disagree on
// quoted-pairs; the percent sign, because some decode %HH (RFC 6266, appendix D); and the
// question mark of "=?", because some decode RFC 2047 words in it. There is no backslash
// left to escape in a sanitized name.
func appendFallback(b []byte, name string) (_ []byte, exact bool) {
	exact = true
	for i, r := range name {
		switch {
		case r >= utf8.RuneSelf, r == '"', r == '%', r == '?' && i > 0 && name[i-1] == '=':
			b, exact = append(b, '_'), false
		default:
			b = append(b, byte(r))
		}
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

// isAttrChar reports whether c is an attr-char: a token character of HTTP but for the three
// that the extended notation itself uses, "*", "'" and "%".
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
