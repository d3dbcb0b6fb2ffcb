package storagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// WantXAccel is the expected response with an X-Accel-Redirect (nginx, Caddy). A zero field is not checked; at
// least one field must be set.
type WantXAccel struct {
	// URI is the path of X-Accel-Redirect as the server decodes it, once: "/_files/a b.txt". A path that is unescaped
	// or escaped twice differs. A named location ("@files") is not decoded.
	URI string

	// Query has parameters of X-Accel-Redirect, each with all of its values. Others are not checked.
	Query url.Values

	Buffering *bool         // X-Accel-Buffering: yes or no
	LimitRate int64         // X-Accel-Limit-Rate in bytes per second; a negative value means "off" or "0"
	Expires   time.Duration // X-Accel-Expires in whole seconds; a negative value means "off" or "0"
	Charset   string        // X-Accel-Charset, exactly

	// Want has the other fields of the response. The server forwards Content-Type, Content-Disposition,
	// Cache-Control, Expires and Set-Cookie to the client. The status must be 200 in any case.
	Want
}

// CheckXAccel fails the test if a response differs from want, or is no 200 with one X-Accel-Redirect that is a
// valid URI path. It also fails for a Content-Length or Content-Range, which would describe another body.
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

// compareNumber compares a field whose value is a number or "off".
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

// unescapePath decodes the path of a URI once. A byte that is not allowed in a path (RFC 3986 section 3.3) is an
// error, because a server may interpret it differently.
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

// compareQuery compares the expected parameters of a query. It shows no other parameter.
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

// redactQuery hides a query, which may have a signature, from the log of a test.
func redactQuery(uri string) string {
	if path, _, ok := strings.Cut(uri, "?"); ok {
		return path + "?…"
	}
	return uri
}
