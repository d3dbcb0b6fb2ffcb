package wrapper

import (
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Status returns the HTTP status that answers a request for content of this description: 200, 206, 304, 412 or
// 416 (RFC 9110 sections 13 and 14). It asks nobody.
func (i *Info) Status(req Request) int {
	facts := i.facts(time.Now())
	d := plan.Decide(req.plan(), &facts)
	return d.Status
}
