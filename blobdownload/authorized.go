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
	switch {
	case v == nil:
		return misusedView("View.Authorized: the view is nil")
	case check == nil:
		return misusedView("View.Authorized: check is nil")
	}
	return func(r *http.Request) (*Download, error) {
		if err := check(r); err != nil {
			return nil, err
		}
		d, err := v(r)
		return d.asPrivate(), err
	}
}

// AuthorizedObjectView is [ObjectView] with a permission check that sees the record: lookup finds it, check rejects the
// request as that of [View.Authorized] does, and file returns the download. The responses are private under every cache
// policy.
func AuthorizedObjectView[T any](
	lookup func(r *http.Request) (T, error), check func(r *http.Request, record T) error, file func(record T) (*Download, error),
) View {
	if check == nil {
		return misusedView("AuthorizedObjectView: check is nil")
	}
	if lookup == nil || file == nil {
		return misusedView("AuthorizedObjectView: lookup or file is nil")
	}
	return func(r *http.Request) (*Download, error) {
		record, err := lookup(r)
		if err != nil {
			return nil, err
		}
		if err := check(r, record); err != nil {
			return nil, err
		}
		d, err := file(record)
		return d.asPrivate(), err
	}
}

// asPrivate returns a copy of the download whose responses are private, or nil.
func (d *Download) asPrivate() *Download {
	if d == nil {
		return nil
	}
	c := *d
	c.private = true
	return &c
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
