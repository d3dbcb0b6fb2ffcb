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

// RequestOf returns the fields of a client's request. Several lines of one field are joined with ", ".
func RequestOf(r *http.Request) Request {
	return Request{
		Head:              r.Method == http.MethodHead,
		Range:             fieldValue(r.Header, "Range"),
		IfRange:           fieldValue(r.Header, "If-Range"),
		IfMatch:           fieldValue(r.Header, "If-Match"),
		IfNoneMatch:       fieldValue(r.Header, "If-None-Match"),
		IfModifiedSince:   fieldValue(r.Header, "If-Modified-Since"),
		IfUnmodifiedSince: fieldValue(r.Header, "If-Unmodified-Since"),
	}
}

func fieldValue(h http.Header, canonicalName string) string {
	switch lines := h[canonicalName]; len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	default:
		return strings.Join(lines, ", ")
	}
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
