package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// accessLog logs one line for each request, with the way in which its response was sent.
type accessLog struct {
	next    http.Handler
	trusted []netip.Prefix
	logger  *slog.Logger
}

// entry holds the values of a request's line that only its handler has.
type entry struct {
	user   string
	result *blobdownload.Result // nil: the request was no download
}

type entryKey struct{}

// entryOf returns the entry of a request, or an entry that is not logged.
func entryOf(r *http.Request) *entry {
	if e, ok := r.Context().Value(entryKey{}).(*entry); ok {
		return e
	}
	return new(entry)
}

// observe is the Observe of the server.
func observe(r *http.Request, result blobdownload.Result) { entryOf(r).result = &result }

func (l *accessLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, e, sent := time.Now(), new(entry), &sentResponse{ResponseWriter: w}
	complete := false
	defer func() {
		attrs := []slog.Attr{
			slog.String("method", r.Method), slog.String("path", loggedPath(r.URL.Path)), slog.String("proto", r.Proto),
			slog.Int("status", sent.status()), slog.Int64("bytes", sent.bytes),
			slog.String("sent", way(e.result, sent.status())), slog.Duration("elapsed", time.Since(began)),
			slog.String("client", clientAddr(r, l.trusted).String()),
		}
		if id := blobdownload.RequestID(r); id != "" {
			attrs = append(attrs, slog.String("request_id", id))
		}
		if e.user != "" {
			attrs = append(attrs, slog.String("user", e.user))
		}
		if e.result != nil {
			attrs = append(attrs, slog.Int64("storage_requests", e.result.Requests))
		}
		if !complete {
			attrs = append(attrs, slog.Bool("aborted", true))
		}
		l.logger.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelInfo, "request", attrs...)
	}()
	l.next.ServeHTTP(sent.writer(), r.WithContext(context.WithValue(r.Context(), entryKey{}, e)))
	complete = true
}

// loggedPath returns a path without the token of a signed link.
func loggedPath(path string) string {
	if strings.HasPrefix(path, linkPath) {
		return linkPath + "…"
	}
	return path
}

// way names how a response was sent: "streamed", the field with which the download was offloaded, or "redirect". Errors are
// "error", and responses that are no download are "page".
func way(result *blobdownload.Result, status int) string {
	switch {
	case status >= http.StatusBadRequest:
		return "error"
	case result == nil:
		return "page"
	case result.Redirect == nil:
		return "streamed"
	}
	for _, field := range []string{"X-Accel-Redirect", "X-Sendfile"} {
		if result.Redirect.Header.Get(field) != "" {
			return field
		}
	}
	if result.Redirect.Status >= 300 {
		return "redirect"
	}
	return "offloaded"
}

// sentResponse counts what is sent.
type sentResponse struct {
	http.ResponseWriter
	code  int
	bytes int64
}

// Unwrap is for http.ResponseController and blobdownload.
func (s *sentResponse) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *sentResponse) WriteHeader(code int) {
	if s.code < 200 { // none, or an informational one
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *sentResponse) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.bytes += int64(n)
	return n, err
}

// writer returns a writer that has ReadFrom, for sendfile, if the wrapped one has it.
func (s *sentResponse) writer() http.ResponseWriter {
	if to, ok := s.ResponseWriter.(io.ReaderFrom); ok {
		return &sentFile{s, to}
	}
	return s
}

type sentFile struct {
	*sentResponse
	to io.ReaderFrom
}

func (s *sentFile) ReadFrom(r io.Reader) (int64, error) {
	n, err := s.to.ReadFrom(r)
	s.bytes += n
	return n, err
}

func (s *sentResponse) status() int {
	if s.code == 0 {
		return http.StatusOK
	}
	return s.code
}
