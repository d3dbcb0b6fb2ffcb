package blobdownload

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

// setCachePolicy sets the default Cache-Control and limits it, also one that middleware or the optimizer has set. A
// limited download has no field that controls caches in its place.
func (d *Download) setCachePolicy(h http.Header) {
	setDefaultLine(h, "Cache-Control", defaultCacheLine)
	if d.limitCaching(h) {
		dropCachingFields(h)
	}
}

// limitCaching keeps the response out of shared caches if it has passed a permission check or sets a cookie, and out of
// any cache after the expiry of its link. It reports whether the download has a limit.
func (d *Download) limitCaching(h http.Header) bool {
	private := d.private || len(h["Set-Cookie"]) > 0
	if !private && !d.noStore && d.expires.IsZero() {
		return false
	}
	policy := strings.Join(h["Cache-Control"], ", ")
	if d.noStore {
		policy = "private, no-store"
	}
	if !d.expires.IsZero() {
		policy = freshness.Limit(policy, time.Until(d.expires))
	}
	if private {
		policy = privatePolicy(policy)
	}
	h.Set("Cache-Control", policy)
	return true
}

// privatePolicy returns a cache policy with private instead of the directives for shared caches. A policy with
// no-store stays as it is.
func privatePolicy(policy string) string {
	kept := []string{"private"}
	for directive := range strings.SplitSeq(policy, ",") {
		directive = strings.TrimSpace(directive)
		name, _, _ := strings.Cut(strings.ToLower(directive), "=")
		switch strings.TrimSpace(name) {
		case "", "public", "private", "s-maxage", "proxy-revalidate":
		case "no-store":
			return policy
		default:
			kept = append(kept, directive)
		}
	}
	return strings.Join(kept, ", ")
}
