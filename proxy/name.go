package proxy

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// name returns the name under which a key is stored, or false where that is in doubt.
func (k KeyForm) name(key string) (string, bool) {
	// What looks like an escape of Go CDK's is escaped once more by some of its versions.
	if !utf8.ValidString(key) || strings.Contains(key, "__0x") {
		return "", false
	}
	if k == FileBlobKeys {
		return fileBlobName(key), true
	}
	return key, !strings.Contains(key, "../") && !strings.ContainsFunc(key, isControl)
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

// fileBlobName escapes a key as Go CDK's fileblob does where the separator of paths is a slash: control
// characters, the second slash of "//", the slash of "../" and one at the end become "__0x2f__" and alike.
func fileBlobName(key string) string {
	var b strings.Builder
	runes := []rune(key)
	for i, c := range runes {
		if c < 0x20 || c == '/' && (i == len(runes)-1 || i > 0 && runes[i-1] == '/' || i > 1 && runes[i-1] == '.' && runes[i-2] == '.') {
			b.WriteString("__0x" + strconv.FormatInt(int64(c), 16) + "__")
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// maxSegment is the longest name that file systems of Linux hold, in bytes.
const maxSegment = 255

// servable reports whether a path of these segments names one regular file, the same for everybody. A name
// that ends in ".attrs" is fileblob's, which stores there what it knows of an object.
func servable(segments []string) bool {
	for _, s := range segments {
		if s == "" || s == "." || s == ".." || len(s) > maxSegment || strings.ContainsRune(s, 0) {
			return false
		}
	}
	return !strings.HasSuffix(segments[len(segments)-1], ".attrs")
}

// escaped joins segments for those who decode a path once: nginx, lighttpd, Caddy, and URLs.
func escaped(segments []string) string {
	n := len(segments) - 1
	for _, s := range segments {
		n += len(s)
	}
	var b strings.Builder
	b.Grow(n + n/4)
	for i, s := range segments {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}
