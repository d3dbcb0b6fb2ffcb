package blobdownload

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
)

type linkKey struct{}

// LinkOf returns the link with which a request passed [Signer.Require], or nil.
func LinkOf(r *http.Request) *Link {
	l, _ := r.Context().Value(linkKey{}).(*Link)
	return l
}

// Require returns next behind a check of the token in the last element of the request's path. In next, [LinkOf]
// returns the verified link. An invalid, expired or missing token and any query get the same 403. A [Server]
// in next sends that 403 also for a valid link whose file does not exist.
//
//	mux.Handle("/dl/{token}", signer.Require(server.Handler(blobdownload.LinkView(docs))))
func (s *Signer) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer ignoreBody(w, r)()
		if rejectsMethod(w, r, s.opts.ErrorHandler) {
			return
		}
		l, err := s.verifyURL(r)
		if err != nil {
			s.reject(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), linkKey{}, l)))
	})
}

// verifyURL verifies the last path element as it was sent: an escaped token is invalid, and a query is never
// signed.
func (s *Signer) verifyURL(r *http.Request) (*Link, error) {
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return nil, linkError("the URL has a query")
	}
	path := r.URL.EscapedPath()
	return s.Verify(r, path[strings.LastIndexByte(path, '/')+1:])
}

func (s *Signer) reject(w http.ResponseWriter, r *http.Request, err error) {
	answer := error(&StatusError{Status: http.StatusForbidden, Err: err})
	level := slog.LevelDebug
	if !errors.Is(err, ErrLink) {
		answer, level = &StatusError{Status: http.StatusServiceUnavailable, Err: err}, slog.LevelError
	}
	logRequest(s.logger(), r, level, "signed link refused", err, withoutToken(r.URL.Path))
	writeError(w, r, answer, s.opts.ErrorHandler)
}

// hideMissing returns the error of a rejected link if the request has a link whose file is missing.
func hideMissing(r *http.Request, err error) error {
	if LinkOf(r) == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return &StatusError{Status: http.StatusForbidden, Err: err}
}

// withoutToken returns a path without its last element.
func withoutToken(path string) string {
	return path[:strings.LastIndexByte(path, '/')+1] + "…"
}
