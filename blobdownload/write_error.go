package blobdownload

import (
	"errors"
	"maps"
	"net/http"
	"strconv"

	"github.com/go-downloadview/downloadview/internal/fields"
)

type errorHandler = func(w http.ResponseWriter, r *http.Request, err error)

// writeError writes the response to an error, for every error of the package: its status, the Header of a
// [StatusError], and the standard text. An error with a status of 3xx and a Location is a redirect. A handler that is not nil
// writes the status and the body instead. The security fields and Cache-Control are set before.
func writeError(w http.ResponseWriter, r *http.Request, err error, handler errorHandler) {
	h := w.Header()
	setErrorHeader(h, err)
	if handler != nil {
		handler(w, r, err)
		return
	}
	code := Status(err)
	text := http.StatusText(code)
	if text == "" {
		text = "error"
	}
	text += "\n"
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}

// setErrorHeader replaces the fields of the download with those of an error.
func setErrorHeader(h http.Header, err error) {
	fields.DropControl(h)
	for _, field := range representationFields {
		h.Del(field)
	}
	if e, ok := errors.AsType[*StatusError](err); ok {
		own := e.Header.Clone()
		fields.DropControl(own)
		maps.Copy(h, own)
	}
	setSecurityHeader(h, cspAttachment)
	h.Set("Cache-Control", "no-store")
}
