package storagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
)

// WantRedirect is the expected redirect. A zero field is not checked; at least one field must be set.
type WantRedirect struct {
	Status int // 301, 302, 303, 307 or 308

	Location string     // exactly as sent
	Host     string     // host of the Location, with its port if it has one
	Path     string     // path of the Location, decoded once
	Query    url.Values // parameters of the Location, each with all of its values; others are not checked

	CacheControl string      // exactly as sent
	Header       http.Header // further fields, as in [Want]
}

// CheckRedirect fails the test if a response differs from want, or is no redirect with one valid Location. Messages
// contain no query, which may have a signature.
func CheckRedirect[R Response](t TB, response R, want WantRedirect) {
	t.Helper()
	checkResponse(t, "CheckRedirect", response, &want, func(rep *report, resp *http.Response) { want.compare(rep, resp) })
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (w *WantRedirect) impossible() []string {
	c := *w
	if len(c.Header) == 0 {
		c.Header = nil
	}
	if len(c.Query) == 0 {
		c.Query = nil
	}
	if reflect.ValueOf(c).IsZero() {
		return []string{nothingWanted}
	}
	var reasons []string
	if w.Status != 0 && !isRedirect(w.Status) {
		reasons = append(reasons, fmt.Sprintf("Status %d is no redirect", w.Status))
	}
	other := Want{CacheControl: w.CacheControl, Header: w.Header}
	if !other.isZero() {
		reasons = append(reasons, other.impossible()...)
	}
	if w.Path != "" && w.Path[0] != '/' {
		reasons = append(reasons, fmt.Sprintf("Path %q does not begin with a slash", w.Path))
	}
	if w.Location == "" {
		return reasons
	}
	u, err := url.Parse(w.Location)
	switch {
	case err != nil:
		reasons = append(reasons, fmt.Sprintf("Location %q cannot be parsed", redactQuery(w.Location)))
	case w.Host != "" && w.Host != u.Host:
		reasons = append(reasons, fmt.Sprintf("Location has the host %q, but Host is %q", u.Host, w.Host))
	case w.Path != "" && w.Path != u.Path:
		reasons = append(reasons, fmt.Sprintf("Location has the path %q, but Path is %q", u.Path, w.Path))
	}
	return reasons
}

func (w *WantRedirect) compare(rep *report, resp *http.Response) {
	if w.Status != 0 {
		rep.same("Status", statusText(w.Status), statusText(resp.StatusCode))
	}
	if !isRedirect(resp.StatusCode) {
		rep.fault("%s is no redirect", statusText(resp.StatusCode))
	}
	location, u := locationOf(rep, resp)
	if w.Location != "" {
		want, got := redactedPair(w.Location, location)
		rep.same("Location", quote(want), quote(got))
	}
	if w.Host != "" {
		rep.same("Location host", w.Host, orAbsent(u.Host))
	}
	if w.Path != "" {
		rep.same("Location path", quote(w.Path), quote(u.Path))
	}
	compareQuery(rep, "Location", w.Query, u.RawQuery)
	rep.field(resp.Header, "Cache-Control", w.CacheControl)
	rep.fields(resp.Header, w.Header)
}

// redactedPair hides the queries of two URLs. It marks a difference in the query.
func redactedPair(want, got string) (shownWant, shownGot string) {
	shownWant, shownGot = redactQuery(want), redactQuery(got)
	if want != got && shownWant == shownGot {
		shownGot += " with another query"
	}
	return shownWant, shownGot
}

// locationOf returns the Location of a response, or an empty URL without one.
func locationOf(rep *report, resp *http.Response) (string, *url.URL) {
	location, ok := rep.one(resp.Header, "Location")
	if !ok {
		return location, &url.URL{}
	}
	u, err := url.Parse(location)
	if err != nil {
		rep.fault("Location %q cannot be parsed", redactQuery(location))
		return location, &url.URL{}
	}
	return location, u
}
