package wrapper

import (
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// RangeHolds reports whether a request's Range is to be obeyed, by what the file's Known facts say of its
// If-Range (RFC 9110 section 13.1.5). It asks nobody.
func (f *File) RangeHolds(req Request) bool {
	facts := f.known.facts(time.Now())
	d := plan.Decide(&plan.Request{Range: req.Range, IfRange: req.IfRange}, &facts)
	return d.Status != http.StatusOK
}
