package blobdownload

import (
	"net/http"
	"strings"
)

// offloadFields make a proxy send other content in place of the response's. A proxy follows them on any status: nginx does
// so on a 204.
var offloadFields = set(
	"X-Accel-Redirect", "X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary", "X-Lighttpd-Send-File", "X-Lighttpd-Send-Tempfile",
	"X-Litespeed-Location", "X-Reproxy-Url", "X-Reproxy-File", "Gitlab-Workhorse-Send-Data",
)

// cachingFields control caches in place of Cache-Control.
var cachingFields = set(
	"X-Accel-Expires", "X-Litespeed-Cache-Control", "Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Akamai-Cache-Control",
	"Fastly-Cache-Control", "Netlify-Cdn-Cache-Control", "Vercel-Cdn-Cache-Control", "Surrogate-Control", "Edge-Control",
	"Expires", "Pragma",
)

func set(canonicalNames ...string) map[string]bool {
	m := make(map[string]bool, len(canonicalNames))
	for _, name := range canonicalNames {
		m[name] = true
	}
	return m
}

// dropControlFields removes the fields that control proxies and caches. Middleware sets them for another response: the
// fields of a download come from Download.Header and from the optimizer.
func dropControlFields(h http.Header) {
	for name := range h {
		canonical := http.CanonicalHeaderKey(name)
		if offloadFields[canonical] || cachingFields[canonical] || strings.HasPrefix(canonical, "X-Accel-") {
			delete(h, name)
		}
	}
}

// dropCachingFields removes the fields that control caches in place of Cache-Control.
func dropCachingFields(h http.Header) {
	for name := range cachingFields {
		delete(h, name)
	}
}
