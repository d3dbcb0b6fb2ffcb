package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestSeveralRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, set string
		size      int64
		want      string
	}{
		{"far apart", "0-9,400-409", 1000, "206 0-9 400-409"},
		{"15.3.7.2 the client's order", "400-409,0-9,-10", 1000, "206 400-409 0-9 990-999"},
		{"overlapping", "100-300,200-400", 1000, "206 100-400"},
		{"touching", "100-199,200-400", 1000, "206 100-400"},
		{"one in another", "100-400,200-300", 1000, "206 100-400"},
		{"the same twice", "100-400,100-400", 1000, "206 100-400"},
		{"a gap of 80", "0-9,90-99", 1000, "206 0-99"},
		{"a gap of 81", "0-9,91-99", 1000, "206 0-9 91-99"},
		{"a chain of gaps", "200-209,0-9,100-109,50-59,150-159", 1000, "206 0-209"},
		{"joined at the place of the first", "800-809,0-9,400-409,5-20", 1000, "206 800-809 0-20 400-409"},
		{"joined at the place of the first, behind", "5-20,800-809,0-9", 1000, "206 0-20 800-809"},
		{"14.1.1 unsatisfiable ones are dropped", "5000-,0-9,-0,400-409", 1000, "206 0-9 400-409"},
		{"one left", "5000-,0-9", 1000, "206 0-9"},
		{"15.5.17 none left", "5000-,1000-1001,-0", 1000, "416"},
		{"everything, touching", "0-499,500-", 1000, "200"},
		{"everything, again and again", "0-,0-,0-", 1000, "200"},
		{"everything, and some unsatisfiable", "0-,5000-", 1000, "200"},
		{"everything but a gap", "0-0,-2", 10, "206 0-9"},
		{"empty file", "0-0,5-9", 0, "416"},
		{"empty file, suffix", "0-0,-1", 0, "200"},
		{"the largest file", "9223372036854775700-,-1,0-0", 1<<63 - 1, "206 9223372036854775700-9223372036854775806 0-0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req := plan.Request{Range: "bytes=" + c.set}
			assert.Equal(t, c.want, describe(plan.Decide(&req, &plan.Facts{Size: c.size})))
		})
	}
}

// set writes n ranges, each made of its index.
func set(n int, member func(i int) string) string {
	members := make([]string, n)
	for i := range members {
		members[i] = member(i)
	}
	return "bytes=" + strings.Join(members, ",")
}

// TestAbuse holds the requests that RFC 9110 sections 14.2 and 17.15 warn of. None may cost more than a moment, nor
// send more than the file.
func TestAbuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, header string
		size         int64
		want         string
	}{
		{"16 parts", set(16, func(i int) string { return fmt.Sprintf("%d-%d", 100*i, 100*i+1) }), 40_000,
			"206 0-1 100-101 200-201 300-301 400-401 500-501 600-601 700-701 800-801 900-901 " +
				"1000-1001 1100-1101 1200-1201 1300-1301 1400-1401 1500-1501"},
		{"17 parts", set(17, func(i int) string { return fmt.Sprintf("%d-%d", 100*i, 100*i+1) }), 40_000, "200"},
		{"100 small ones", set(100, func(i int) string { return fmt.Sprintf("%d-%d", 100*i, 100*i+1) }), 40_000, "200"},
		{"60 descending", set(60, func(i int) string { return fmt.Sprintf("%d-%d", 3000-50*i, 3001-50*i) }), 8000,
			"206 50-3001"},
		{"12 touching", set(12, func(i int) string { return fmt.Sprintf("%d-%d", i, i+1) }), 1000, "206 0-12"},
		{"900 single bytes", set(900, func(i int) string { return fmt.Sprintf("%d-%d", i+1, i+1) }), 1000, "206 1-900"},
		{"500 times the whole", set(500, func(int) string { return "0-" }), 40_000, "200"},
		{"CVE-2011-3192", "bytes=0-," + set(1300, func(i int) string { return fmt.Sprintf("5-%d", i) })[6:], 40_000, "200"},
		{"CVE-2011-3192, not reversed", "bytes=0-," + set(700, func(i int) string { return fmt.Sprintf("5-%d", i+5) })[6:],
			40_000, "200"},
		{"250,000 times one byte", set(250_000, func(int) string { return "0-0" }), 40_000, "200"},
		{"a megabyte of digits", "bytes=0-" + strings.Repeat("9", 1<<20), 40_000, "200"},
		{"2000 zeros", "bytes=0-" + strings.Repeat("0", 2000) + "4", 1000, "206 0-4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			d := plan.Decide(&plan.Request{Range: c.header}, &plan.Facts{Size: c.size})
			assert.Less(t, time.Since(start), time.Second, "a quadratic reading takes minutes")
			assert.Equal(t, c.want, describe(d))
		})
	}
}
