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
	case (isText(kind) || isXML(kind)) && (keepsASCII(stated) || doubleByte(stated)),
		isText(kind) && !isMarkup(kind) && stateful(stated):
		return stated
	case isText(kind):
		return utf8
	}
	return ""
}

// isMarkup reports whether a browser runs or applies text of a type.
func isMarkup(kind string) bool {
	switch kind {
	case "text/html", "text/xml", "text/css", "text/javascript", "application/javascript", "text/xsl", "text/ecmascript":
		return true
	}
	return false
}

func withCharset(kind, charset string) string {
	if charset == "" {
		return kind
	}
	return kind + "; charset=" + charset
}

// keepsASCII reports whether each byte below 0x80 always has its ASCII meaning in a charset. In other charsets
// (UTF-7, UTF-16, ISO-2022-*, HZ, EBCDIC), harmless text can become markup.
func keepsASCII(charset string) bool {
	switch charset {
	case utf8, "us-ascii", "ascii", "latin1", "koi8-r", "koi8-u",
		"iso-8859-1", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5",
		"iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-9", "iso-8859-10",
		"iso-8859-11", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
		"windows-874", "windows-1250", "windows-1251", "windows-1252", "windows-1253",
		"windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
		"cp1250", "cp1251", "cp1252", "cp866", "ibm866", "macintosh", "x-mac-roman", "x-mac-cyrillic", "tis-620", "latin2", "iso-8859-8-i":
		return true
	}
	return false
}

// doubleByte reports whether a charset is an East Asian one of browsers. A byte below 0x80 has its ASCII meaning unless it
// follows a lead byte.
func doubleByte(charset string) bool {
	switch charset {
	case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "ms932", "windows-31j", "csshiftjis", "cp932", "euc-jp", "x-euc-jp",
		"gbk", "x-gbk", "gb2312", "gb_2312-80", "gb18030", "cp936", "big5", "big5-hkscs", "x-x-big5", "cp950",
		"euc-kr", "ks_c_5601-1987", "ksc5601", "korean", "windows-949", "cp949":
		return true
	}
	return false
}

// stateful reports whether browsers have a charset in which bytes below 0x80 need not be ASCII.
func stateful(charset string) bool {
	switch charset {
	case "utf-16", "utf-16le", "utf-16be", "iso-2022-jp":
		return true
	}
	return false
}
