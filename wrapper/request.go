package wrapper

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Request selects a representation or a part of it: the fields of RFC 9110 sections 13 and 14. The zero value is an
// unconditional GET of the whole. Fields hold values as received; invalid ones are ignored as the RFC requires.
type Request struct {
	Head bool // a HEAD request: no body is opened and Range is ignored (section 14.2)

	Range             string
	IfRange           string
	IfMatch           string
	IfNoneMatch       string
	IfModifiedSince   string
	IfUnmodifiedSince string
}

// RequestOf returns the fields of a client's request. Several lines of a list field are joined with ", ". Any other field
// of several lines is ignored, because proxies disagree on which line counts. Several lines of If-Range also void Range.
func RequestOf(r *http.Request) Request {
	req := Request{
		Head:              r.Method == http.MethodHead,
		Range:             singleLine(r.Header, "Range"),
		IfRange:           singleLine(r.Header, "If-Range"),
		IfMatch:           joinedLines(r.Header, "If-Match"),
		IfNoneMatch:       joinedLines(r.Header, "If-None-Match"),
		IfModifiedSince:   singleLine(r.Header, "If-Modified-Since"),
		IfUnmodifiedSince: singleLine(r.Header, "If-Unmodified-Since"),
	}
	if len(r.Header["If-Range"]) > 1 {
		req.Range = ""
	}
	return req
}

func singleLine(h http.Header, canonicalName string) string {
	if lines := h[canonicalName]; len(lines) == 1 {
		return lines[0]
	}
	return ""
}

func joinedLines(h http.Header, canonicalName string) string {
	lines := h[canonicalName]
	if len(lines) == 1 {
		return lines[0]
	}
	return strings.Join(lines, ", ")
}

// plan returns the request as internal/plan's type, which has the same fields.
func (r *Request) plan() *plan.Request { return (*plan.Request)(r) }

// severalRanges reports whether the request has more than one range, which no single upstream request can fetch. An invalid
// Range has none.
func (r *Request) severalRanges() bool {
	if r.Head || !strings.Contains(r.Range, ",") {
		return false
	}
	specs, ok := plan.ParseRange(r.Range)
	return ok && len(specs) > 1
}
