package blobdownload

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

// limitCaching keeps the response out of shared caches if it has passed a permission check or sets a cookie, and out of
// any cache after the expiry of its link.
func (d *Download) limitCaching(h http.Header) {
	policy := strings.Join(h["Cache-Control"], ", ")
	if d.noStore {
		policy = "private, no-store"
	}
	if !d.expires.IsZero() {
		policy = freshness.Limit(policy, time.Until(d.expires))
	}
	if d.private || len(h["Set-Cookie"]) > 0 {
		policy = privatePolicy(policy)
	}
	h.Set("Cache-Control", policy)
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
