package blobdownload

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Grant is the permission to download all objects of a storage whose keys are below a prefix: the playlist and the
// segments of a film, the pages of a site, a repository. A [Signer] makes it a link with [Signer.SignGrant] and a cookie
// with [Signer.SignGrantCookie]. For CDNs, package proxy/cloudfront and proxy.CloudCDN do.
type Grant struct {
	Store string // the name of a Storage; required

	// Prefix is the beginning of the keys, a canonical key with a slash at its end: "course/7/" covers "course/7/a.ts"
	// and neither "course/70/a.ts" nor "course/7". Required: no grant covers a whole storage.
	Prefix string

	Expires time.Time // required; truncated to whole seconds

	// Client binds the grant to a client, as Link.Client binds a link. "" means any client.
	Client string

	Head bool // valid for HEAD alone; else for GET and HEAD
}

// Validate returns an error that names the invalid field: Store or Prefix. Times are checked when the grant is signed.
func (g *Grant) Validate() error {
	dir, slash := strings.CutSuffix(g.Prefix, "/")
	switch {
	case g.Store == "":
		return errors.New("grant: no Store")
	case g.Prefix == "":
		return errors.New("grant: no Prefix")
	case !slash:
		return fmt.Errorf("grant: Prefix %q has no slash at its end: it would cover %q", g.Prefix, g.Prefix+"0")
	}
	if err := CanonicalKey(dir); err != nil {
		return fmt.Errorf("grant: Prefix: %w", err)
	}
	return nil
}

// Covers reports whether the key is canonical and below the prefix.
func (g *Grant) Covers(key string) bool {
	return g.Validate() == nil && strings.HasPrefix(key, g.Prefix) && CanonicalKey(key) == nil
}

type grantKey struct{}

// granted is the use of a grant by a request.
type granted struct {
	grant  *Grant
	key    string
	cookie bool // the URL alone gives no access
	path   string
}

// GrantOf returns the grant with which a request passed [Signer.RequireGrant], or nil.
func GrantOf(r *http.Request) *Grant {
	if g := grantedTo(r); g != nil {
		return g.grant
	}
	return nil
}

func grantedTo(r *http.Request) *granted {
	g, _ := r.Context().Value(grantKey{}).(*granted)
	return g
}
