package blobdownload

import (
	"log/slog"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/redact"
)

// Messages of log records. Tools may match them.
const (
	logClientLeft = "client left"
	logAborted    = "download broke off"
)

func (s *Server) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.Default()
}

// log logs the cause of a failure. The level is error for a status of 500 or more, else debug.
func (s *Server) log(r *http.Request, err error, message string) {
	level := slog.LevelDebug
	if message != logClientLeft {
		level = failureLevel(err)
	}
	s.logAt(r, level, err, message)
}

func failureLevel(err error) slog.Level {
	if Status(err) >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelDebug
}

func (s *Server) logAt(r *http.Request, level slog.Level, err error, message string) {
	path := r.URL.Path
	if LinkOf(r) != nil {
		path = withoutToken(path)
	}
	logRequest(s.logger(), r, level, message, err, path)
}

// maxLogged is how many bytes of a path are logged: the client chooses its length.
const maxLogged = 1024

func logRequest(to *slog.Logger, r *http.Request, level slog.Level, message string, err error, path string) {
	if len(path) > maxLogged {
		path = path[:maxLogged] + "…"
	}
	to.LogAttrs(r.Context(), level, message,
		slog.String("method", r.Method),
		slog.String("path", path),
		slog.String("error", redact.Text(err.Error())))
}
