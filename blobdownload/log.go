package blobdownload

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/redact"
)

// Messages of log records. Tools may match them.
const (
	logClientLeft = "client left"
	logAborted    = "download aborted"
)

func (s *Server) logger() *slog.Logger { return cmp.Or(s.Logger, slog.Default()) }

// log logs the cause of a failure.
func (s *Server) log(r *http.Request, err error, message string) {
	level := slog.LevelDebug
	if message != logClientLeft {
		level = levelOf(err)
	}
	s.logAt(r, level, err, message)
}

func (s *Server) logAt(r *http.Request, level slog.Level, err error, message string) {
	logRequest(s.logger(), r, level, message, err, loggedPath(r))
}

// levelOf returns the level of an error's record: the error's own, if it has a method LogLevel() slog.Level, else error
// for a status of 500 or more and debug below.
func levelOf(err error) slog.Level {
	if e, ok := errors.AsType[interface {
		error
		LogLevel() slog.Level
	}](err); ok {
		return e.LogLevel()
	}
	if Status(err) >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelDebug
}

// maxLogged is how many bytes of a path are logged: the client chooses its length.
const maxLogged = 1024

func logRequest(to *slog.Logger, r *http.Request, level slog.Level, message string, err error, path string) {
	if len(path) > maxLogged {
		path = path[:maxLogged] + "…"
	}
	attrs := [4]slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", path),
		slog.String("error", redact.Text(err.Error())),
	}
	n := 3
	if id := RequestID(r); id != "" {
		attrs[n] = slog.String("request_id", id)
		n++
	}
	to.LogAttrs(r.Context(), level, message, attrs[:n]...)
}
