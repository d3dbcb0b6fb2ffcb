package main

import (
	"flag"
	"io"
	"log/slog"
)

// logOptions choose the form of the log.
type logOptions struct {
	format string
	access bool
}

func (l *logOptions) flags(fs *flag.FlagSet) {
	fs.Var(choice(&l.format, "text", "text", "json"), "log-format", "`format` of the log on standard error: text or json")
	fs.Var(boolean(&l.access), "access-log", "log one line for each request")
}

// logger returns a logger that writes to w.
func (l *logOptions) logger(w io.Writer) *slog.Logger {
	if l.format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
