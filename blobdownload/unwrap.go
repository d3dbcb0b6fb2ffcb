package blobdownload

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"
)

type deadliner interface{ SetWriteDeadline(time.Time) error }

// unwrap returns the writer that w wraps, as http.ResponseController finds it, or nil.
func unwrap(w http.ResponseWriter) http.ResponseWriter {
	if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		return u.Unwrap()
	}
	return nil
}

// hidingWriter returns the type of the innermost reachable writer if that hides a capability of the connection, or nil.
func hidingWriter(w http.ResponseWriter, has func(http.ResponseWriter) bool) reflect.Type {
	var last reflect.Type
	for ; w != nil; w = unwrap(w) {
		if has(w) {
			return nil
		}
		last = reflect.TypeOf(w)
	}
	return last
}

func hasDeadline(w http.ResponseWriter) bool {
	_, ok := w.(deadliner)
	return ok
}

func canHijack(w http.ResponseWriter) bool {
	_, ok := w.(http.Hijacker)
	return ok
}

// warnHidden logs, once a type, that a writer hides the write deadline.
func (s *Server) warnHidden(w http.ResponseWriter, r *http.Request) {
	t := hidingWriter(w, hasDeadline)
	if t == nil || !served(r) {
		return
	}
	if _, warned := s.hidden.LoadOrStore(t, true); warned {
		return
	}
	if t.String() == "*http.timeoutWriter" {
		s.logger().Warn("http.TimeoutHandler holds every download in memory, and cuts those that take longer: leave it out")
		return
	}
	s.logger().Warn("middleware hides the connection: WriteTimeout and MinRate are off; "+
		"give the type a method Unwrap() http.ResponseWriter", "type", t.String())
}

// errTruncation is the cause of a rejected download.
var errTruncation = errors.New("an HTTP/1.0 client could not detect a truncated body: middleware hides Hijack")

// rejectUndetectable returns an error for a body of unknown length that an HTTP/1.0 client cannot distinguish from a
// truncated one, since its connection cannot be reset.
func rejectUndetectable(w http.ResponseWriter, r *http.Request) error {
	if r.ProtoAtLeast(1, 1) || !served(r) {
		return nil
	}
	if t := hidingWriter(w, canHijack); t != nil {
		return &StatusError{Status: http.StatusInternalServerError, Err: fmt.Errorf("%w: %s", errTruncation, t)}
	}
	return nil
}
