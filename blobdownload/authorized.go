package blobdownload

import (
	"errors"
	"net/http"
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
