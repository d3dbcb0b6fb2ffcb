package blobdownload

import (
	"errors"
	"maps"
	"net/http"
	"strconv"
)

type errorHandler = func(w http.ResponseWriter, r *http.Request, err error)

// writeError writes the response to an error, for every error of the package: its status, the Header of a
// [StatusError], and the standard text. A handler that is not nil writes the response instead, after the
// Header has been set.
func writeError(w http.ResponseWriter, r *http.Request, err error, handler errorHandler) {
	h := w.Header()
	e, ok := errors.AsType[*StatusError](err)
	if ok {
		maps.Copy(h, e.Header.Clone())
	}
	if handler != nil && (!ok || !e.standard) {
		handler(w, r, err)
		return
	}
	code := Status(err)
	if code < 400 || code > 599 {
		code = http.StatusInternalServerError
	}
	text := http.StatusText(code)
	if text == "" {
		text = "error"
	}
	text += "\n"
	for _, field := range representationFields {
		h.Del(field)
	}
	if ok && code == http.StatusRequestedRangeNotSatisfiable {
		if length := e.Header.Get("Content-Range"); length != "" {
			h.Set("Content-Range", length)
		}
	}
	setSecurityHeader(h, cspAttachment)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}
