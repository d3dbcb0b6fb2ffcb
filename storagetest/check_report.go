package storagetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// report collects the expected and actual values of a response, one line for each, and the faults of the response.
type report struct {
	want, got []string
	wrong     []string
}

const absent = "(none)"

// same adds an expected value and the actual one.
func (r *report) same(name, want, got string) {
	r.want = append(r.want, name+": "+want)
	r.got = append(r.got, name+": "+got)
}

// fault adds a fault, which no expectation allows.
func (r *report) fault(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// field compares a field with one value. An empty want is not checked.
func (r *report) field(h http.Header, name, want string) {
	if want != "" {
		r.same(name, quote(want), quoteAll(h.Values(name)))
	}
}

// fields compares all values of each field. A field without values must be absent.
func (r *report) fields(h, want http.Header) {
	for _, name := range sortedNames(want) {
		r.same(name, quoteAll(want[name]), quoteAll(h.Values(name)))
	}
}

// one returns the value of a field that must be sent once.
func (r *report) one(h http.Header, name string) (value string, ok bool) {
	switch values := h.Values(name); len(values) {
	case 0:
		r.fault("%s is missing", name)
	case 1:
		return values[0], true
	default:
		redacted := make([]string, len(values))
		for i, v := range values {
			redacted[i] = redactQuery(v)
		}
		r.fault("%s is sent %d times: %s", name, len(values), quoteAll(redacted))
	}
	return "", false
}

// none reports each of the fields that is sent.
func (r *report) none(h http.Header, why string, names ...string) {
	for _, name := range names {
		if values := h.Values(name); len(values) > 0 {
			r.fault("%s is sent (%s): %s", name, quoteAll(values), why)
		}
	}
}

// fail fails the test with one message if there is a difference or a fault.
func (r *report) fail(t TB, check string, resp *http.Response) {
	t.Helper()
	if len(r.wrong) == 0 && slices.Equal(r.want, r.got) {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", check, describeResponse(resp))
	if !slices.Equal(r.want, r.got) {
		b.WriteString(" differs (-want +got):\n")
		b.WriteString(diffLines(r.want, r.got))
	} else {
		b.WriteString(" is invalid:\n")
	}
	for _, w := range r.wrong {
		b.WriteString("! " + w + "\n")
	}
	t.Errorf("%s", strings.TrimSuffix(b.String(), "\n"))
}

// describeResponse names a response by its request and status, without the query, which may have a signature.
func describeResponse(resp *http.Response) string {
	status := statusText(resp.StatusCode)
	if r := resp.Request; r != nil && r.URL != nil {
		return "response " + status + " to " + r.Method + " " + r.URL.EscapedPath()
	}
	return "response " + status
}

func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func quoteAll(values []string) string {
	if len(values) == 0 {
		return absent
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return strings.Join(quoted, " and ")
}

func sortedNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
