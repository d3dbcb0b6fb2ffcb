package blobdownload

import (
	"errors"
	"net/http"
	"strings"
)

// Authorized returns a view with a permission check, which runs before the view, any lookup and the optimizer. An
// error of the check rejects the request: fs.ErrPermission with 403, fs.ErrNotExist with 404, [Unauthorized] with
// 401, a *StatusError with any other status.
//
// The responses are private: "public" and "s-maxage" are removed from the cache policy, and "private" is added.
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
		c.private = true
		return &c, nil
	}
}

// Unauthorized returns the error of an unauthenticated request: 401 with a challenge in WWW-Authenticate, such as
// `Bearer realm="files"` (RFC 9110 section 11.6.1). A browser shows a login only for the schemes that it
// implements. With session cookies, return fs.ErrPermission or redirect before this handler.
func Unauthorized(challenge string) error {
	return &StatusError{
		Status: http.StatusUnauthorized,
		Err:    errUnauthorized,
		Header: http.Header{"Www-Authenticate": {challenge}},
	}
}

var errUnauthorized = errors.New("request is not authenticated")

// setPrivate keeps the response out of shared caches if it has passed a permission check, or sets a cookie.
func (d *Download) setPrivate(h http.Header) {
	if d.private || len(h["Set-Cookie"]) > 0 {
		dropCachingFields(h)
		h.Set("Cache-Control", privatePolicy(strings.Join(h["Cache-Control"], ", ")))
	}
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
