package wrapper

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Request is what a client asks of a file: the field values of RFC 9110 sections 13 and 14 that choose
// between the whole, a part, and nothing. The zero value asks for the whole.
type Request struct {
	Head bool // describe only: no body is opened, and Range is ignored (section 14.2)

	Range             string
	IfRange           string
	IfMatch           string
	IfNoneMatch       string
	IfModifiedSince   string
	IfUnmodifiedSince string
}

// RequestOf reads the request that a client sent. Several lines of a list field are joined.
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

func (r *Request) plan() *plan.Request { return (*plan.Request)(r) }

// severalRanges reports whether the request names more than one range, which no single trip can fetch. A
// field that is ignored names none.
func (r *Request) severalRanges() bool {
	if r.Head || !strings.Contains(r.Range, ",") {
		return false
	}
	specs, ok := plan.ParseRange(r.Range)
	return ok && len(specs) > 1
}
