package proxy

import (
	"net/url"
	"strings"
)

// maxSegment is the longest file name on Linux, in bytes.
const maxSegment = 255

// servable reports whether a path of these segments names one regular file, whichever server reads it. Names that end
// in ".attrs" are reserved: fileblob stores an object's metadata in them.
func servable(segments []string) bool {
	for _, s := range segments {
		if s == "" || s == "." || s == ".." || len(s) > maxSegment || strings.ContainsRune(s, 0) {
			return false
		}
	}
	return !strings.HasSuffix(segments[len(segments)-1], ".attrs")
}

// escaped joins segments for servers that decode a path once: nginx, lighttpd, Caddy, and every server of a URL.
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

// escapedURL is escaped for the URL of a CDN: S3 as its origin decodes a plus sign to a blank.
func escapedURL(segments []string) string { return strings.ReplaceAll(escaped(segments), "+", "%2B") }
