package proxy

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-downloadview/downloadview/internal/diskname"
)

// name returns the name under which a key is stored, or false where that is in doubt.
func (k KeyForm) name(key string) (string, bool) {
	if !utf8.ValidString(key) {
		return "", false
	}
	name := diskname.OfKey(key)
	// Plain keys lie in a directory of fileblob's or in another one; the same in both are those that need no escape.
	return name, k == FileBlobKeys || name == key && !strings.ContainsFunc(key, isControl)
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

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
