package conformance

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// judge returns the faults of a response: the violated invariants, or the differences from every allowed outcome.
func judge(c *Case, r *Request, a, plain *Answer) []string {
	wrong := slices.Concat(a.Faults, invariants(c, r, a, plain))
	if len(wrong) > 0 {
		return append(wrong, "got "+a.String())
	}
	outcomes := c.Expect.strict()
	for i := range outcomes {
		w := outcomes[i].judge(c, a, plain)
		if len(w) == 0 {
			return nil
		}
		wrong = append(wrong, fmt.Sprintf("not %q: %s", outcomes[i].Name, strings.Join(w, "; ")))
	}
	return append(wrong, "got "+a.String(), "because of "+c.Rationale)
}

// unmet returns the need of a case that the response to a plain GET does not meet, or "".
func unmet(needs []string, plain *Answer) string {
	for _, need := range needs {
		kind, value, _ := strings.Cut(need, ":")
		if plain == nil {
			return "the case has needs but no resource"
		}
		etag := plain.get("ETag")
		ok := false
		switch kind {
		case "etag":
			ok = etag != ""
		case "strong_etag":
			ok = strings.HasPrefix(etag, `"`)
		case "weak_etag":
			ok = strings.HasPrefix(etag, "W/")
		case "etag_is":
			ok = etag == value
		case "header":
			ok = plain.has(value)
		}
		if !ok {
			return fmt.Sprintf("the plain answer does not meet %q: %s", need, plain)
		}
	}
	return ""
}

// singletons are the fields that a response may have once.
var singletons = []string{
	"Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "Content-Type", "Date", "ETag", "Last-Modified",
	"Location", "Transfer-Encoding", "X-Accel-Redirect", "X-Sendfile",
}

var (
	satisfiedRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/(\d+|\*)$`)
	unsatisfied    = regexp.MustCompile(`^bytes \*/(\d+)$`)
)

// invariants returns the violations of rules for every response.
func invariants(c *Case, r *Request, a, plain *Answer) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, name := range singletons {
		if n := len(a.values(name)); n > 1 {
			say("%d fields %s", n, name)
		}
	}
	for _, f := range a.Fields {
		if strings.ContainsFunc(f[1], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			say("control character in %s: %q", f[0], f[1])
		}
	}
	if a.Status >= 500 && a.Status != 501 && !expected(c, a.Status) {
		say("status %d", a.Status)
	}
	field := a.get("Content-Range")
	switch {
	case a.Status == 206:
		wrong = append(wrong, partialWrong(c, r, a, plain)...)
	case a.Status == 416 && field != "":
		if !unsatisfied.MatchString(field) || c.Resource != nil && field != fmt.Sprintf("bytes */%d", c.Resource.Size) {
			say("Content-Range %q of a 416", field)
		}
	case field != "":
		say("Content-Range %q of a %d", field, a.Status)
	}
	if (a.Method == http.MethodHead || a.Status == 304) && len(a.Body) > 0 {
		say("content where there is none")
	}
	return wrong
}

func expected(c *Case, status int) bool {
	return slices.ContainsFunc(c.Expect.strict(), func(o Outcome) bool { return slices.Contains(o.Status, status) })
}

// partialWrong checks a 206 on its own (RFC 9110 section 15.3.7).
func partialWrong(c *Case, r *Request, a, plain *Answer) []string {
	if boundary(a) != "" {
		ranges := 0
		for _, f := range r.Fields {
			if strings.EqualFold(f[0], "Range") {
				ranges += 1 + strings.Count(f[1], ",")
			}
		}
		switch {
		case a.has("Content-Range"):
			return []string{"Content-Range in the head of a multipart"}
		case ranges < 2:
			return []string{"multipart for one range"}
		}
		return nil
	}
	parts, err := partsOf(a, plain)
	if err != nil {
		return []string{err.Error()}
	}
	if a.Method == http.MethodHead || c.Resource == nil {
		return nil
	}
	return parts[0].wrong(c.Resource)
}

// boundary returns the boundary of a multipart/byteranges, or "".
func boundary(a *Answer) string {
	kind, params, err := mime.ParseMediaType(a.get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" {
		return ""
	}
	return params["boundary"]
}

// judge returns the differences between a response and this outcome.
func (o *Outcome) judge(c *Case, a, plain *Answer) (wrong []string) {
	if len(o.Status) > 0 && !slices.Contains(o.Status, a.Status) {
		return []string{fmt.Sprintf("status %d", a.Status)}
	}
	for name, checks := range o.Fields {
		for op, arg := range checks {
			if op == "same_as_200" && name == "Content-Type" && boundary(a) != "" {
				continue // the parts have it
			}
			if w := checkField(name, op, arg, c, a, plain); w != "" {
				wrong = append(wrong, name+": "+w)
			}
		}
	}
	slices.Sort(wrong)
	if o.Body != nil {
		wrong = append(wrong, o.Body.judge(c, a, plain)...)
	}
	return wrong
}

// contains reports whether a body contains a file of more than 4 bytes.
func contains(body, file []byte) bool { return len(file) > 4 && bytes.Contains(body, file) }
