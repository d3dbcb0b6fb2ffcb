package storagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// WantXAccel is what an answer to a front server that understands X-Accel-Redirect (nginx, Caddy) is
// expected to be. A zero field is not checked.
type WantXAccel struct {
	// URI is the path that the front server is sent to, as the server understands it: decoded once, like "/_files/a b.txt".
	// A path that was not escaped, or was escaped twice, is another one. A named location ("@files") is not decoded.
	URI string

	// Query holds parameters that must follow the path, each with all of its values.
	Query url.Values

	Buffering *bool         // X-Accel-Buffering: yes or no
	LimitRate int64         // X-Accel-Limit-Rate in bytes per second; a negative one wants "off" or "0"
	Expires   time.Duration // X-Accel-Expires in whole seconds; a negative one wants "off" or "0"
	Charset   string        // X-Accel-Charset, exactly

	// Want holds what the answer says besides, of which the client gets Content-Type, Content-Disposition,
	// Cache-Control, Expires and Set-Cookie. Status is always checked: it must be 200.
	Want
}

// CheckXAccel fails the test unless a response hands the download over to a front server as wanted. Whatever
// is wanted, it must be a 200 with one X-Accel-Redirect that is a valid URI path, and with neither a
// Content-Length nor a Content-Range, which would be those of another body.
func CheckXAccel[R Response](t TB, response R, want WantXAccel) {
	t.Helper()
	checkResponse(t, "CheckXAccel", response, &want, func(rep *report, resp *http.Response) { want.compare(rep, resp) })
}

func (w *WantXAccel) impossible() []string {
	if w.URI == "" && len(w.Query) == 0 && w.Buffering == nil && w.LimitRate == 0 && w.Expires == 0 && w.Charset == "" &&
		w.Want.isZero() {
		return []string{nothingWanted}
	}
	reasons := impossibleOffload(&w.Want, "X-Accel-Redirect")
	if w.URI != "" && w.URI[0] != '/' && w.URI[0] != '@' {
		reasons = append(reasons, fmt.Sprintf("URI %q begins neither with a slash nor with @", w.URI))
	}
	if w.Expires%time.Second != 0 {
		reasons = append(reasons, fmt.Sprintf("Expires %v is no whole number of seconds, which X-Accel-Expires counts", w.Expires))
	}
	return reasons
}

func (w *WantXAccel) compare(rep *report, resp *http.Response) {
	h := resp.Header
	w.compareURI(rep, h)
	if w.Buffering != nil {
		want := "no"
		if *w.Buffering {
			want = "yes"
		}
		rep.field(h, "X-Accel-Buffering", want)
	}
	compareNumber(rep, h, "X-Accel-Limit-Rate", w.LimitRate)
	compareNumber(rep, h, "X-Accel-Expires", int64(w.Expires/time.Second))
	rep.field(h, "X-Accel-Charset", w.Charset)
	compareOffload(rep, resp, &w.Want)
}

// compareNumber compares a field whose value is a plain number, or "off".
func compareNumber(rep *report, h http.Header, name string, want int64) {
	switch {
	case want > 0:
		rep.field(h, name, strconv.FormatInt(want, 10))
	case want < 0 && h.Get(name) != "0":
		rep.field(h, name, "off")
	}
}

func (w *WantXAccel) compareURI(rep *report, h http.Header) {
	const name = "X-Accel-Redirect"
	uri, ok := rep.one(h, name)
	if !ok {
		if w.URI != "" {
			rep.same(name, quote(w.URI), absent)
		}
		return
	}
	path, query, _ := strings.Cut(uri, "?")
	got := path
	if !strings.HasPrefix(uri, "@") {
		var err error
		if got, err = unescapePath(path); err != nil {
			rep.fault("%s: %v", name, err)
		}
	}
	if w.URI != "" {
		shownURI := quote(got)
		if got != w.URI && uri != got {
			shownURI += ", sent as " + quote(redactQuery(uri))
		}
		rep.same(name, quote(w.URI), shownURI)
	}
	compareQuery(rep, name, w.Query, query)
}

// unescapePath decodes the path of a URI once. Bytes that cannot stand in one (RFC 3986 section 3.3) are an error:
// a front server may well read them otherwise than they were meant.
func unescapePath(path string) (string, error) {
	if !strings.HasPrefix(path, "/") {
		return path, fmt.Errorf("%q does not begin with a slash", path)
	}
	for i := range len(path) {
		if c := path[i]; c != '%' && !isPathByte(c) {
			return path, fmt.Errorf("byte %d of %q, %q, must be percent-encoded", i, path, string(c))
		}
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return path, fmt.Errorf("%q: %w", path, err)
	}
	return decoded, nil
}

func isPathByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("/-._~!$&'()*+,;=:@", c) >= 0
}

// compareQuery compares the wanted parameters of a query, none of whose other values it shows.
func compareQuery(rep *report, name string, want url.Values, query string) {
	if len(want) == 0 {
		return
	}
	got, err := url.ParseQuery(query)
	if err != nil {
		rep.fault("the query of %s cannot be read: %T", name, err)
	}
	for _, parameter := range sortedNames(http.Header(want)) {
		rep.same(name+" parameter "+parameter, quoteAll(want[parameter]), quoteAll(got[parameter]))
	}
}

// redactQuery hides what may be a signature from the log of a test.
func redactQuery(uri string) string {
	if path, _, ok := strings.Cut(uri, "?"); ok {
		return path + "?…"
	}
	return uri
}
