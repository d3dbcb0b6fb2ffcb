package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestIfRange(t *testing.T) {
	t.Parallel()
	const whole, part = "200", "206 2-5"
	for _, c := range []struct {
		name, ifRange, etag string
		mod                 time.Time
		want                string
	}{
		{"same tag", `"v1"`, `"v1"`, modified, part},
		{"same tag between blanks", "\t\"v1\" ", `"v1"`, modified, part},
		{"comma in a tag", `"a,b"`, `"a,b"`, modified, part},
		{"other tag", `"v2"`, `"v1"`, modified, whole},
		{"13.1.5 weak in the request", `W/"v1"`, `"v1"`, modified, whole},
		{"13.1.5 weak file", `"v1"`, `W/"v1"`, modified, whole},
		{"13.1.5 weak both", `W/"v1"`, `W/"v1"`, modified, whole},
		{"file without a tag", `"v1"`, "", modified, whole},
		{"no list, hit first", `"v1", "v2"`, `"v1"`, modified, whole},
		{"no list, hit last", `"v2", "v1"`, `"v1"`, modified, whole},
		{"no star", "*", `"v1"`, modified, whole},
		{"unquoted", "v1", "v1", modified, whole},
		{"unterminated", `"v1`, `"v1`, modified, whole},
		{"blank", " ", `"v1"`, modified, whole},
		{"same date", lm, `"v1"`, modified, part},
		{"same date, weak tag", lm, `W/"v1"`, modified, part},
		{"earlier date", earlier, `"v1"`, modified, whole},
		{"13.1.5 later date is not the same", later, `"v1"`, modified, whole},
		{"file without a date", lm, `"v1"`, time.Time{}, whole},
		{"8.8.2.2 a second old", "Wed, 31 Dec 2025 23:59:59 GMT", "", now.Add(-time.Nanosecond), part},
		{"8.8.2.2 younger than a second", "Thu, 01 Jan 2026 00:00:00 GMT", "", now, whole},
		{"8.8.2.2 in the future", "Thu, 01 Jan 2026 00:00:00 GMT", "", now.Add(time.Hour), whole},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := plan.Facts{Size: 10, ETag: c.etag, ModTime: c.mod, Now: now}
			for _, r := range []string{"bytes=2-5", "bytes=10-"} {
				want := c.want
				if want == part && r == "bytes=10-" {
					want = "416"
				}
				req := plan.Request{Range: r, IfRange: c.ifRange}
				assert.Equal(t, want, describe(plan.Decide(&req, &facts)), r)
			}
		})
	}
}
