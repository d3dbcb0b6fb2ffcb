package fields

import (
	"maps"
	"net/http"
	"strings"
)

// offloading fields make a proxy send other content in place of the response's. A proxy follows them on any status: nginx does
// so on a 204.
var offloading = Set(
	"X-Accel-Redirect", "X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary", "X-Lighttpd-Send-File", "X-Lighttpd-Send-Tempfile",
	"X-Litespeed-Location", "X-Reproxy-Url", "X-Reproxy-File", "Gitlab-Workhorse-Send-Data",
)

// caching fields control caches in place of Cache-Control.
var caching = Set(
	"X-Accel-Expires", "X-Litespeed-Cache-Control", "Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Akamai-Cache-Control",
	"Fastly-Cache-Control", "Netlify-Cdn-Cache-Control", "Vercel-Cdn-Cache-Control", "Surrogate-Control", "Edge-Control",
	"Expires", "Pragma",
)

// Offloads reports whether a field of this canonical name makes a proxy send other content.
func Offloads(canonical string) bool { return offloading[canonical] }

// DropControl removes the fields that control proxies and caches, which middleware sets for another response: the
// fields of a download come from Download.Header and from the optimizer. It makes all other names canonical: another field of
// the response would be sent beside one with an odd name, instead of replacing it.
func DropControl(h http.Header) {
	odd := false
	for name := range h {
		canonical := http.CanonicalHeaderKey(name)
		if offloading[canonical] || caching[canonical] || strings.HasPrefix(canonical, "X-Accel-") {
			delete(h, name)
			continue
		}
		odd = odd || canonical != name
	}
	if odd {
		canonical := Canonical(h)
		clear(h)
		maps.Copy(h, canonical)
	}
}

// DropCaching removes the fields that control caches in place of Cache-Control.
func DropCaching(h http.Header) {
	for name := range caching {
		delete(h, name)
	}
}
