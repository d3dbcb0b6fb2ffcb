package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

const (
	lm      = "Sat, 06 Jan 2024 10:20:30 GMT" // modified
	earlier = "Sat, 06 Jan 2024 10:20:29 GMT"
	later   = "Sat, 06 Jan 2024 10:20:31 GMT"
)

func TestPreconditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		req  plan.Request
		want string
	}{
		{"13.1.1 If-Match hit", plan.Request{IfMatch: `"v1"`}, "200"},
		{"13.1.1 If-Match miss", plan.Request{IfMatch: `"v2"`}, "412"},
		{"13.1.1 If-Match compares strongly", plan.Request{IfMatch: `W/"v1"`}, "412"},
		{"13.1.1 If-Match of commas alone", plan.Request{IfMatch: ","}, "412"},
		{"13.1.2 If-None-Match hit", plan.Request{IfNoneMatch: `"v1"`}, "304"},
		{"13.1.2 If-None-Match compares weakly", plan.Request{IfNoneMatch: `W/"v1"`}, "304"},
		{"13.1.2 If-None-Match miss", plan.Request{IfNoneMatch: `"v2"`}, "200"},
		{"13.1.2 HEAD too", plan.Request{Head: true, IfNoneMatch: "*"}, "304"},
		{"13.1.3 the same second", plan.Request{IfModifiedSince: lm}, "304"},
		{"13.1.3 a second before", plan.Request{IfModifiedSince: earlier}, "200"},
		{"13.1.3 invalid date", plan.Request{IfModifiedSince: "yesterday"}, "200"},
		{"13.1.3 two dates", plan.Request{IfModifiedSince: lm + ", " + lm}, "200"},
		{"13.1.4 the same second", plan.Request{IfUnmodifiedSince: lm}, "200"},
		{"13.1.4 a second before", plan.Request{IfUnmodifiedSince: earlier}, "412"},
		{"13.1.4 invalid date", plan.Request{IfUnmodifiedSince: "yesterday"}, "200"},
		{"13.2.2 step 1 replaces step 2", plan.Request{IfMatch: "*", IfUnmodifiedSince: earlier}, "200"},
		{"13.2.2 step 1 comes before step 3", plan.Request{IfMatch: `"v2"`, IfNoneMatch: `"v1"`}, "412"},
		{"13.2.2 step 2 comes before step 3", plan.Request{IfUnmodifiedSince: earlier, IfNoneMatch: "*"}, "412"},
		{"13.2.2 step 2 comes before step 4", plan.Request{IfUnmodifiedSince: earlier, IfModifiedSince: lm}, "412"},
		{"13.2.2 step 3 replaces step 4", plan.Request{IfNoneMatch: `"v2"`, IfModifiedSince: later}, "200"},
		{"13.2.2 step 3 comes before step 5", plan.Request{IfNoneMatch: "*", Range: "bytes=0-4"}, "304"},
		{"13.2.2 step 5", plan.Request{IfNoneMatch: `"v2"`, Range: "bytes=0-4"}, "206 0-4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := plan.Facts{Size: 10, ETag: `"v1"`, ModTime: modified, Now: now}
			assert.Equal(t, c.want, describe(plan.Decide(&c.req, &facts)))
		})
	}
}

func TestPreconditionsOnOddFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		req   plan.Request
		facts plan.Facts
		want  string
	}{
		{"13.1.1 * needs no tag", plan.Request{IfMatch: "*"}, plan.Facts{}, "200"},
		{"13.1.1 no tag matches nothing", plan.Request{IfMatch: `"", "v1"`}, plan.Facts{}, "412"},
		{"13.1.2 no tag matches nothing", plan.Request{IfNoneMatch: `"", "v1"`}, plan.Facts{}, "200"},
		{"13.1.2 * needs no tag", plan.Request{IfNoneMatch: "*"}, plan.Facts{}, "304"},
		{"13.1.3 no date", plan.Request{IfModifiedSince: lm}, plan.Facts{}, "200"},
		{"13.1.4 no date", plan.Request{IfUnmodifiedSince: earlier}, plan.Facts{}, "200"},
		{"8.8.2.1 a date in the future is now", plan.Request{IfModifiedSince: "Thu, 01 Jan 2026 00:00:00 GMT"},
			plan.Facts{ModTime: now.Add(time.Hour)}, "304"},
		{"8.8.2.1 and not a second less", plan.Request{IfModifiedSince: "Wed, 31 Dec 2025 23:59:59 GMT"},
			plan.Facts{ModTime: now.Add(time.Hour)}, "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.facts.Now = now
			assert.Equal(t, c.want, describe(plan.Decide(&c.req, &c.facts)))
		})
	}
}
