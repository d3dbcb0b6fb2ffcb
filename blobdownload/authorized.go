package blobdownload

import (
	"errors"
	"net/http"
	"strings"
)

// Authorized returns the view behind a check that runs before it: before the storage, before an
// optimizer, before anything is looked up. A refusal is an error: fs.ErrPermission for 403,
// fs.ErrNotExist for a 404 that does not tell, [Unauthorized] for 401, or a *StatusError for any other status.
//
// What passes a check is for the one who passed it: whatever the view's cache policy says, no cache that
// users share keeps it.
func (v View) Authorized(check func(r *http.Request) error) View {
	return func(r *http.Request) (*Download, error) {
		if err := check(r); err != nil {
			return nil, err
		}
		d, err := v(r)
		if err != nil || d == nil {
			return d, err
		}
		c := *d
		c.personal = true
		return &c, nil
	}
}

// Unauthorized is the refusal of somebody who is not known: 401 with the challenge that tells how to
// become so, such as `Bearer realm="files"` (RFC 9110 section 11.6.1). It shows a browser a login only
// where the challenge is one of its own kinds; for a session, refuse by 403, or redirect before this handler.
func Unauthorized(challenge string) error {
	return &StatusError{
		Status: http.StatusUnauthorized,
		Err:    errUnauthorized,
		Header: http.Header{"Www-Authenticate": {challenge}},
	}
}

var errUnauthorized = errors.New("nobody is logged in")

// keepPersonal makes an answer one that shared caches do not keep, when it is for one client: because a
// check let it through, or because it carries a cookie.
func (d *Download) keepPersonal(h http.Header) {
	if d.personal || len(h["Set-Cookie"]) > 0 {
		h.Set("Cache-Control", personal(strings.Join(h["Cache-Control"], ", ")))
	}
}

// personal returns a cache policy without what is for shared caches, and with private unless nobody may
// keep the answer at all.
func personal(policy string) string {
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
