package blobdownload

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
)

func isUnsupported(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

func (s *Server) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.Default()
}

// log tells the cause of a failure: as an error when the server or its storage is to blame, else for
// whoever debugs.
func (s *Server) log(r *http.Request, err error, what string) {
	level := slog.LevelDebug
	if what != "client left" && Status(err) >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	path := r.URL.Path
	if LinkOf(r) != nil {
		path = withoutToken(path)
	}
	logRequest(s.logger(), r, level, what, err, path)
}

// maxLogged bounds what of a path, which the client chooses, is logged.
const maxLogged = 1024

func logRequest(to *slog.Logger, r *http.Request, level slog.Level, what string, err error, path string) {
	if len(path) > maxLogged {
		path = path[:maxLogged] + "…"
	}
	to.LogAttrs(r.Context(), level, what,
		slog.String("method", r.Method),
		slog.String("path", path),
		slog.String("error", redact(err.Error())))
}

var queryOfURL = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*:[^\s"?]*\?)[^\s"]*`)

// redact takes the query out of every URL in a text: a signed one is a secret.
func redact(text string) string {
	return queryOfURL.ReplaceAllString(text, "${1}…")
}
