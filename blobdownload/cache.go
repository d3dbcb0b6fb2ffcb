package blobdownload

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// defaultCache is the Cache-Control of a download without a policy: a browser keeps it and asks each time
// whether it is still good.
const defaultCache = "private, no-cache"

// CachePolicy returns the Cache-Control of a download (RFC 9111 section 5.2). It has no bearing on errors,
// which are never stored, and on redirects to signed URLs.
type CachePolicy func(d *Download) string

// Cached returns the view with a cache policy. Without one, downloads are "private, no-cache".
func (v View) Cached(policy CachePolicy) View {
	return v.With(func(_ *http.Request, d *Download) error {
		if d.Header == nil {
			d.Header = http.Header{}
		}
		d.Header.Set("Cache-Control", policy(d))
		return nil
	})
}

// NoStore keeps downloads out of every cache, the browser's included.
func NoStore(*Download) string { return "no-store" }

// Private lets the browser alone use a download for some time, in whole seconds, without asking.
func Private(d time.Duration) CachePolicy { return maxAge("private", d) }

// Public lets every cache use a download for some time, in whole seconds, without asking: whoever asks may
// have it, since caches check no permissions.
func Public(d time.Duration) CachePolicy { return maxAge("public", d) }

func maxAge(who string, d time.Duration) CachePolicy {
	value := who + ", max-age=" + strconv.FormatInt(int64(max(d, 0)/time.Second), 10)
	return func(*Download) string { return value }
}

// Immutable lets every cache use a download for a year and never ask, not even when the page is reloaded
// (RFC 8246). It is for keys that are never written twice.
func Immutable(*Download) string { return "public, max-age=31536000, immutable" }

// Versioned is Immutable for downloads whose key names a version of the content, as versioned reports, and
// otherwise for all others.
func Versioned(versioned func(key string) bool, otherwise CachePolicy) CachePolicy {
	return func(d *Download) string {
		if versioned(d.File.Location().Key) {
			return Immutable(d)
		}
		return otherwise(d)
	}
}

// Fingerprinted reports whether a key's last element holds a hash of the content, as build tools write it: at
// least 8 hexadecimal digits, a letter and a decimal digit among them, between dots or dashes (app.5f2a9c1e.js).
func Fingerprinted(key string) bool {
	base := key[strings.LastIndexByte(key, '/')+1:]
	for word := range strings.FieldsFuncSeq(base, func(r rune) bool { return r == '.' || r == '-' }) {
		hash := len(word) >= 8 && strings.ContainsAny(word, "0123456789") && strings.ContainsAny(word, "abcdef")
		if hash && strings.Trim(word, "0123456789abcdef") == "" {
			return true
		}
	}
	return false
}
