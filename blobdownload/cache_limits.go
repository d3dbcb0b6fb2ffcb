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
		policy = freshness.Private(policy)
	}
	h.Set("Cache-Control", policy)
}
