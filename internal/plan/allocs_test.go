package plan_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// common are the requests that a server sees all day.
var common = []struct {
	name string
	req  plan.Request
	want int
}{
	{"plain", plan.Request{}, 200},
	{"one range", plan.Request{Range: "bytes=100-199"}, 206},
	{"suffix", plan.Request{Range: "bytes=-500"}, 206},
	{"unsatisfiable", plan.Request{Range: "bytes=99999-"}, 416},
	{"ignored range", plan.Request{Range: "lines=1-2"}, 200},
	{"range under a tag", plan.Request{Range: "bytes=100-", IfRange: `"v1"`}, 206},
	{"range under a date", plan.Request{Range: "bytes=100-", IfRange: lm}, 206},
	{"If-Match", plan.Request{IfMatch: `"v0", "v1"`}, 200},
	{"If-None-Match", plan.Request{IfNoneMatch: `W/"v1"`}, 304},
	{"If-Modified-Since", plan.Request{IfModifiedSince: lm}, 304},
	{"If-Modified-Since, rfc850", plan.Request{IfModifiedSince: "Saturday, 06-Jan-24 10:20:30 GMT"}, 304},
	{"If-Modified-Since, asctime", plan.Request{IfModifiedSince: "Sat Jan  6 10:20:30 2024"}, 304},
	{"If-Modified-Since, invalid", plan.Request{IfModifiedSince: "yesterday"}, 200},
	{"If-Unmodified-Since", plan.Request{IfUnmodifiedSince: earlier}, 412},
}

func TestNoAllocation(t *testing.T) { // AllocsPerRun counts for the whole process: not parallel
	facts := plan.Facts{Size: 1000, ETag: `"v1"`, ModTime: modified, Now: now}
	for _, c := range common {
		t.Run(c.name, func(t *testing.T) {
			var d plan.Decision
			var sum int64
			assert.Zero(t, testing.AllocsPerRun(100, func() {
				d = plan.Decide(&c.req, &facts)
				for i := range d.Len() {
					sum += d.At(i).N
				}
				if _, ok := plan.Single(c.req.Range); ok {
					sum++
				}
			}))
			assert.Equal(t, c.want, d.Status)
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	facts := plan.Facts{Size: 1000, ETag: `"v1"`, ModTime: modified, Now: now}
	several := plan.Request{Range: "bytes=0-9,400-409,-10"}
	for _, c := range append(slices.Clip(common), struct {
		name string
		req  plan.Request
		want int
	}{"three ranges", several, 206}) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := plan.Decide(&c.req, &facts); d.Status != c.want {
					b.Fatal(d.Status)
				}
			}
		})
	}
}
