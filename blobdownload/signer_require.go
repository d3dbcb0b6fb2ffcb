package blobdownload

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
)

type linkKey struct{}

// LinkOf returns the link with which a request passed [Signer.Require], or nil.
func LinkOf(r *http.Request) *Link {
	l, _ := r.Context().Value(linkKey{}).(*Link)
	return l
}

// Require returns next behind a check of the request's path, which must be that of SignerOptions.URL and a token. In
// next, [LinkOf] returns the verified link. An invalid, expired or missing token, another path and any query get the same
// 403. A [Server] in next sends that 403 also for a valid link whose file does not exist.
//
// A link for one use or for several downloads is used by the [Server] in next; see Link.Once and Link.Downloads. Without a
// Server it is used when next returns, unless next has called [Link.Spend].
//
//	mux.Handle("/dl/{token}", signer.Require(server.Handler(blobdownload.LinkView(docs))))
func (s *Signer) Require(next http.Handler) http.Handler {
	return s.readOnly(func(w http.ResponseWriter, r *http.Request) {
		l, err := s.verifyURL(r)
		if err != nil {
			s.reject(w, r, err)
			return
		}
		if l.counted() {
			l.use = &linkUse{signer: s}
			defer s.spendUnclaimed(r, l)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), linkKey{}, l)))
	})
}

// readOnly returns a handler of GET and HEAD requests, which rejects every other method.
func (s *Signer) readOnly(serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			defer ignoreBody(w, r)()
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			rejectMethod(w, r, s.opts.ErrorHandler)
			return
		}
		fields.DropControl(w.Header())
		serve(w, r)
	})
}

// verifyURL verifies the path as it was sent: an escaped token is invalid, and a query is never signed.
func (s *Signer) verifyURL(r *http.Request) (*Link, error) {
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return nil, linkError("the URL has a query")
	}
	token, err := s.below(r)
	if err != nil {
		return nil, err
	}
	return s.verifyLink(r, token)
}

// below returns the path as it was sent, below that of the signer's URL.
func (s *Signer) below(r *http.Request) (string, error) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), s.path)
	switch {
	case !ok:
		return "", linkError("the path is not that of the signer's URL")
	case s.opts.SameHost && !strings.EqualFold(s.withoutPort(r.Host), s.host):
		return "", linkError("the host is not that of the signer's URL")
	}
	return rest, nil
}

func (s *Signer) reject(w http.ResponseWriter, r *http.Request, err error) {
	s.logRefusal(r, err)
	writeError(w, r, refusedLink(err), s.opts.ErrorHandler)
}

func (s *Signer) logRefusal(r *http.Request, err error) {
	logRequest(s.logger(), r, refusalLevel(err), "signed link refused", err, withoutToken(r.URL.Path))
}

func refusalLevel(err error) slog.Level { return levelOf(refusedLink(err)) }

// loggedPath returns the request's path without a token.
func loggedPath(r *http.Request) string {
	if g := grantedTo(r); g != nil {
		return g.path
	}
	if LinkOf(r) != nil {
		return withoutToken(r.URL.Path)
	}
	return r.URL.Path
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
