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

// LinkOf returns the link by which a request passed [Signer.Require], or nil.
func LinkOf(r *http.Request) *Link {
	l, _ := r.Context().Value(linkKey{}).(*Link)
	return l
}

// Require returns middleware that lets a request pass only with a token, as the last element of its path,
// that verifies. Behind it [LinkOf] tells the link. A token that is bad, has expired or is missing, a
// query of any kind, and a [Server] behind it whose file does not exist are all answered alike: by 403.
//
//	mux.Handle("/dl/{token}", signer.Require(server.Handler(blobdownload.LinkView(docs))))
func (s *Signer) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isDownload(r.Method) {
			refuseMethod(w, r)
			return
		}
		l, err := s.verifyURL(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), linkKey{}, l)))
	})
}

// verifyURL verifies the last element of the path as it was sent: an element that only decodes to a
// token is none, and a query could not have been signed.
func (s *Signer) verifyURL(r *http.Request) (*Link, error) {
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return nil, linkError("it has a query")
	}
	path := r.URL.EscapedPath()
	return s.Verify(r, path[strings.LastIndexByte(path, '/')+1:])
}

func (s *Signer) refuse(w http.ResponseWriter, r *http.Request, err error) {
	answer := error(&StatusError{Status: http.StatusForbidden, Err: err})
	level := slog.LevelDebug
	if !errors.Is(err, ErrLink) {
		answer, level = &StatusError{Status: http.StatusServiceUnavailable, Err: err}, slog.LevelError
	}
	logRequest(s.logger(), r, level, "signed link refused", err, withoutToken(r.URL.Path))
	if s.opts.ErrorHandler != nil {
		s.opts.ErrorHandler(w, r, answer)
		return
	}
	writeStatus(w, Status(answer))
}

// behindLink makes the answer to a link whose file is not there the answer to a link that is refused.
func behindLink(r *http.Request, err error) error {
	if LinkOf(r) == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return &StatusError{Status: http.StatusForbidden, Err: err}
}

// withoutToken takes the last element out of a path.
func withoutToken(path string) string {
	return path[:strings.LastIndexByte(path, '/')+1] + "…"
}
