package storagetest

import (
	"fmt"
	"net/http"
	"strings"
)

// WantXSendfile is the expected response with an X-Sendfile (Apache, lighttpd). A zero field is not checked; at
// least one field must be set.
type WantXSendfile struct {
	// Path is the absolute path of the file as the server reads the field.
	Path string

	// Escaped means that the server decodes the field once, as lighttpd does. Apache's mod_xsendfile 0.12 does not
	// decode it.
	Escaped bool

	// Field is the name of the field. An empty Field means X-Sendfile.
	Field string

	// Want has the other fields of the response. The status must be 200 in any case.
	Want
}

// CheckXSendfile fails the test if a response differs from want, or is no 200 with one absolute path. It also fails
// for a Content-Length or Content-Range, with which lighttpd corrupts the body.
func CheckXSendfile[R Response](t TB, response R, want WantXSendfile) {
	t.Helper()
	checkResponse(t, "CheckXSendfile", response, &want, func(rep *report, resp *http.Response) { want.compare(rep, resp) })
}

func (w *WantXSendfile) field() string {
	if w.Field == "" {
		return "X-Sendfile"
	}
	return w.Field
}

func (w *WantXSendfile) impossible() []string {
	if w.Path == "" && w.Field == "" && w.Want.isZero() {
		return []string{nothingWanted}
	}
	reasons := impossibleOffload(&w.Want, w.field())
	if w.Path != "" && w.Path[0] != '/' {
		reasons = append(reasons, fmt.Sprintf("Path %q is not absolute", w.Path))
	}
	if !w.Escaped && strings.ContainsAny(w.Path, "\r\n\x00") {
		reasons = append(reasons, fmt.Sprintf("Path %q is no valid field value without escapes; such a file must not be offloaded", w.Path))
	}
	return reasons
}

func (w *WantXSendfile) compare(rep *report, resp *http.Response) {
	name := w.field()
	sent, ok := rep.one(resp.Header, name)
	got := sent
	if ok && w.Escaped {
		var err error
		if got, err = unescapePath(sent); err != nil {
			rep.fault("%s: %v", name, err)
		}
	}
	if ok && !strings.HasPrefix(got, "/") {
		rep.fault("%s is %q, which is not absolute", name, got)
	}
	if w.Path != "" {
		shownPath := absent
		if ok {
			shownPath = quote(got)
		}
		if ok && got != w.Path && got != sent {
			shownPath += ", sent as " + quote(sent)
		}
		rep.same(name, quote(w.Path), shownPath)
	}
	compareOffload(rep, resp, &w.Want)
}
