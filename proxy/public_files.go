package proxy

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/freshness"
)

// PublicFiles is the [CDN].Signer of a CDN without signatures: every client that has or guesses a URL reads the file,
// without expiry and without a permission check. Every object of the mounts is public, also one that no view serves.
//
// A download is redirected only if its cache policy has "public", such as blobdownload.Public or blobdownload.Immutable. All
// others are streamed: downloads without a policy, behind a permission check ([blobdownload.View.Authorized],
// [blobdownload.AuthorizedObjectView]), with a cookie, of a link or a grant, with a rate or an allowance, and of an old
// version. A permission check inside of blobdownload.ObjectView is invisible to optimizers: use AuthorizedObjectView.
//
// A URL has no query, so it does not name a version: the CDN responds with the version that it has cached or fetches.
type PublicFiles struct{}

// SignURL returns the URL as it is.
func (PublicFiles) SignURL(rawURL string, _ time.Time) (string, error) { return rawURL, nil }

func (PublicFiles) public() {}

// public reports whether URLs have no signature. A signer that embeds PublicFiles makes none either.
func (c *CDN) public() bool {
	_, ok := c.Signer.(interface{ public() })
	return ok
}

// validatePublic rejects options that need a signature, or that keep caches from sharing a URL.
func (c *CDN) validatePublic(of string) error {
	var errs []error
	if c.Overrides {
		errs = append(errs, fault(of+".Overrides", "true with PublicFiles: every client could choose the media type of a file"))
	}
	if c.RequestIDs {
		errs = append(errs, fault(of+".RequestIDs",
			"true with PublicFiles: each request would have a URL of its own, which no cache shares"))
	}
	if c.Expiry != 0 {
		errs = append(errs, fault(of+".Expiry", "%v with PublicFiles: a URL without a signature does not expire", c.Expiry))
	}
	if c.Window != 0 {
		errs = append(errs, fault(of+".Window", "%v with PublicFiles: a URL without a signature does not expire", c.Window))
	}
	return errors.Join(errs...)
}

// isPublic reports whether a download may be fetched by every client: a permission check, a link for one client and a
// cookie make its cache policy private.
func isPublic(r *http.Request, d *blobdownload.Download) bool {
	if blobdownload.LinkOf(r) != nil || blobdownload.GrantOf(r) != nil || d.Rate != nil {
		return false
	}
	return freshness.IsPublic(d.CacheControl())
}
