package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestDecideWhereRangeIsIgnored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		req   plan.Request
		facts plan.Facts
		want  string
	}{
		{"no Range", plan.Request{}, plan.Facts{Size: 10}, "200"},
		{"14.2 GET", plan.Request{Range: "bytes=0-4"}, plan.Facts{Size: 10}, "206 0-4"},
		{"14.2 HEAD", plan.Request{Head: true, Range: "bytes=0-4"}, plan.Facts{Size: 10}, "200"},
		{"14.2 HEAD, unsatisfiable", plan.Request{Head: true, Range: "bytes=10-"}, plan.Facts{Size: 10}, "200"},
		{"size unknown", plan.Request{Range: "bytes=0-4"}, plan.Facts{Size: -1}, "200"},
		{"size unknown, unsatisfiable anyhow", plan.Request{Range: "bytes=-0"}, plan.Facts{Size: -1}, "200"},
		{"sequential", plan.Request{Range: "bytes=0-4"}, plan.Facts{Size: 10, Sequential: true}, "200"},
		{"sequential, beyond the end", plan.Request{Range: "bytes=10-"}, plan.Facts{Size: 10, Sequential: true}, "200"},
		{"14.2 preconditions come first", plan.Request{Range: "bytes=10-", IfMatch: `"x"`}, plan.Facts{Size: 10}, "412"},
		{"If-Range without Range", plan.Request{IfRange: `"x"`}, plan.Facts{Size: 10}, "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, describe(plan.Decide(&c.req, &c.facts)))
		})
	}
}

func TestDecideNeedsNoClock(t *testing.T) {
	t.Parallel()
	future := plan.Facts{Size: 10, ModTime: time.Now().Add(time.Hour)}
	past := plan.Facts{Size: 10, ModTime: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	req := plan.Request{Range: "bytes=0-4", IfRange: "Wed, 01 Jan 2020 00:00:00 GMT"}

	assert.Equal(t, "206 0-4", describe(plan.Decide(&req, &past)))
	assert.Equal(t, "200", describe(plan.Decide(&req, &future)))
}

func TestDecisionAtOutOfRange(t *testing.T) {
	t.Parallel()
	whole := plan.Decide(&plan.Request{}, &plan.Facts{Size: 10})
	part := plan.Decide(&plan.Request{Range: "bytes=0-4"}, &plan.Facts{Size: 10})

	assert.Panics(t, func() { whole.At(0) })
	assert.Panics(t, func() { part.At(1) })
	assert.Panics(t, func() { part.At(-1) })
}
