package blobdownload

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// maxGrantCookies is how many cookies of a request are verified. Nested prefixes and other hosts of the site may each have
// set one.
const maxGrantCookies = 8

// RequireGrant returns next behind a check of the request's grant. The grant is the first path element below the path of the
// signer's URL, as [Signer.SignGrant] writes it, or else a cookie of [Signer.SignGrantCookie]. It must cover the
// requested key. In next, [GrantOf] returns the grant, and [GrantView] serves the object.
//
// Invalid, expired, foreign and missing grants get the same 403, as does a key that the grant does not cover. The
// signature is checked in constant time and before any other property; no storage request is made. A query is ignored:
// clients such as git add one.
//
//	mux.Handle("/media/", signer.RequireGrant(server.Handler(blobdownload.GrantView(docs))))
func (s *Signer) RequireGrant(next http.Handler) http.Handler {
	return s.readOnly(func(w http.ResponseWriter, r *http.Request) {
		g, err := s.verifyGrant(r)
		if err != nil {
			logRequest(s.logger(), r, refusalLevel(err), "grant refused", err, s.path+"…")
			writeError(w, r, refusedLink(err), s.opts.ErrorHandler)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), grantKey{}, g)))
	})
}

func (s *Signer) verifyGrant(r *http.Request) (*granted, error) {
	rest, err := s.below(r)
	if err != nil {
		return nil, err
	}
	token, below, ok := strings.Cut(rest, "/")
	if _, err := split(token); !ok || err != nil {
		return s.verifyGrantCookies(r, rest)
	}
	g, err := s.openGrant(r, token)
	if err != nil {
		return nil, err
	}
	below, err = url.PathUnescape(below)
	use := &granted{grant: g, key: g.Prefix + below, path: s.path + "…/" + below}
	if err != nil || !g.Covers(use.key) {
		return nil, linkError("the grant does not cover the key")
	}
	return use, nil
}

// verifyGrantCookies returns the first grant that covers the key. Another host of the site may have set a cookie of the same
// name, which must not hide the right one.
func (s *Signer) verifyGrantCookies(r *http.Request, rest string) (*granted, error) {
	key, err := url.PathUnescape(rest)
	if err != nil {
		return nil, linkError("the path is not escaped")
	}
	err = linkError("no grant")
	for i, c := range r.CookiesNamed(s.grantCookie()) {
		if i == maxGrantCookies {
			break
		}
		g, openErr := s.openGrant(r, c.Value)
		switch {
		case openErr != nil:
			err = openErr
		case g.Covers(key):
			return &granted{grant: g, key: key, cookie: true, path: r.URL.Path}, nil
		default:
			err = linkError("the grant does not cover the key")
		}
	}
	return nil, err
}

func (s *Signer) openGrant(r *http.Request, token string) (*Grant, error) {
	l, err := s.open(r, kindGrant, token)
	if err != nil {
		return nil, err
	}
	return &Grant{Store: l.Store, Prefix: l.Key, Expires: l.Expires, Client: l.Client, Head: l.Head}, nil
}
