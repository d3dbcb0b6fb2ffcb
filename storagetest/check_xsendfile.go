package storagetest

import (
	"fmt"
	"net/http"
	"strings"
)

// WantXSendfile is what an answer to a front server that understands X-Sendfile (Apache, lighttpd) is
// expected to be. A zero field is not checked.
type WantXSendfile struct {
	// Path is the absolute path of the file, as the front server understands the field.
	Path string

	// Escaped says that the server decodes the field once, as lighttpd does. Apache's mod_xsendfile 0.12 takes
	// its bytes as they are.
	Escaped bool

	Field string // the field's name, X-Sendfile when empty

	// Want holds what the answer says besides. Status is always checked: it must be 200.
	Want
}

// CheckXSendfile fails the test unless a response hands the download over to a front server as wanted. Whatever
// is wanted, it must be a 200 that names one absolute path, and has neither a Content-Length nor
// a Content-Range, with which lighttpd would corrupt the body.
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
		reasons = append(reasons, fmt.Sprintf("Path %q cannot stand in a field as it is; such a file must not be handed over", w.Path))
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
