package blobdownload

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// defaultCache is the Cache-Control of a download without a policy: a browser stores it and revalidates it on
// every use.
const defaultCache = "private, no-cache"

// CachePolicy returns the Cache-Control of a download (RFC 9111 section 5.2). It does not apply to errors, which
// are never stored, nor to redirects to signed URLs.
type CachePolicy func(d *Download) string

// Cached returns a view that sets Cache-Control. Without a policy, it is "private, no-cache".
func (v View) Cached(policy CachePolicy) View {
	if policy == nil {
		return misusedView("View.Cached: policy is nil")
	}
	return v.With(func(_ *http.Request, d *Download) error {
		if d.Header == nil {
			d.Header = http.Header{}
		}
		d.Header.Set("Cache-Control", policy(d))
		return nil
	})
}

// NoStore is the CachePolicy "no-store": no cache stores the download, not even the browser's.
func NoStore(*Download) string { return "no-store" }

// Private returns a CachePolicy for the browser's cache alone: it uses the download for d, truncated to whole seconds,
// without revalidation.
func Private(d time.Duration) CachePolicy { return maxAge("private", d) }

// Public returns a CachePolicy for all caches: they use the download for d, truncated to whole seconds, without
// revalidation. Shared caches check no permissions, so the download must be public.
func Public(d time.Duration) CachePolicy { return maxAge("public", d) }

func maxAge(who string, d time.Duration) CachePolicy {
	value := who + ", max-age=" + strconv.FormatInt(int64(max(d, 0)/time.Second), 10)
	return func(*Download) string { return value }
}

// Immutable is a CachePolicy for keys that are written once: every cache uses the download for a year without
// revalidation, even when the page is reloaded (RFC 8246).
func Immutable(*Download) string { return "public, max-age=31536000, immutable" }

// Versioned returns a CachePolicy that is Immutable for keys that versioned reports, and otherwise for all
// others.
func Versioned(versioned func(key string) bool, otherwise CachePolicy) CachePolicy {
	return func(d *Download) string {
		if versioned(d.File.Location().Key) {
			return Immutable(d)
		}
		return otherwise(d)
	}
}

// OfVersion returns a CachePolicy that is Immutable for a file of one version ([wrapper.File.WithVersion],
// [wrapper.File.AsOf]), and otherwise for all others. The URL must contain the version, or a time in the past.
func OfVersion(otherwise CachePolicy) CachePolicy {
	return func(d *Download) string {
		if d.File.Version() != "" {
			return Immutable(d)
		}
		return otherwise(d)
	}
}

// Fingerprinted reports whether a key's last element has a hash between dots or dashes, as build tools write
// it: app.5f2a9c1e.js. A hash has at least 8 hexadecimal digits, with a letter and a decimal digit.
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
