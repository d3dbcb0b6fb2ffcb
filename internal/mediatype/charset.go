package mediatype

import "strings"

const utf8 = "utf-8"

// charset returns the charset to send with a media type, given the stored one, or "" for none.
//
// Text always has a charset, because a browser would guess one. XML outside of text/* keeps a stored charset but
// gets no default, because it declares its own (RFC 7303 section 3). Other types are binary or, like JSON, have no
// such parameter.
func charset(kind, stated string) string {
	stated = strings.ToLower(stated)
	switch {
	case isText(kind) && !keepsASCII(stated):
		return utf8
	case (isText(kind) || isXML(kind)) && keepsASCII(stated):
		return stated
	}
	return ""
}

func withCharset(kind, charset string) string {
	if charset == "" {
		return kind
	}
	if kind == "text/plain" && charset == "utf-8" { // by far the most common
		return "text/plain; charset=utf-8"
	}
	return kind + "; charset=" + charset
}

func isText(kind string) bool {
	return strings.HasPrefix(kind, "text/") || kind == "application/javascript"
}

func isXML(kind string) bool {
	return kind == "application/xml" || strings.HasSuffix(kind, "+xml")
}

// keepsASCII reports whether each byte below 0x80 always has its ASCII meaning in a charset. In other charsets
// (UTF-7, UTF-16, ISO-2022-*, HZ, East Asian double-byte charsets, EBCDIC), harmless text can become markup.
func keepsASCII(charset string) bool {
	switch charset {
	case utf8, "us-ascii", "ascii", "latin1", "koi8-r", "koi8-u",
		"iso-8859-1", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5",
		"iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-9", "iso-8859-10",
		"iso-8859-11", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
		"windows-874", "windows-1250", "windows-1251", "windows-1252", "windows-1253",
		"windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258":
		return true
	}
	return false
}
