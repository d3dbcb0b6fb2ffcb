package plan_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// An exchange is one request and the responses of both servers.
type exchange struct {
	req          plan.Request
	facts        plan.Facts
	ours, theirs answer
}

var (
	oneTag   = `(?:W/)?"[^\x00-\x20"\x7f]*"`
	tagList  = regexp.MustCompile(`^(?:\*|[, \t]*` + oneTag + `(?:[ \t]*,[, \t]*` + oneTag + `)*[, \t]*)$`)
	tagFirst = regexp.MustCompile(`^` + oneTag + `.`)

	months   = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`
	clock    = `[0-9]{2}:[0-9]{2}:(?:[0-5][0-9]|60)`
	days     = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`
	httpDate = regexp.MustCompile(`^(?:` + days + `, [0-9]{2} ` + months + ` [0-9]{4} ` + clock + ` GMT|` +
		days + ` ` + months + ` (?:[0-9]{2}| [0-9]) ` + clock + ` [0-9]{4})$`)
)

// dated reports whether anything that a date decides may differ.
func dated(x exchange) bool {
	return x.req.IfModifiedSince != "" || x.req.IfUnmodifiedSince != "" || x.req.IfRange != ""
}

// ranged reports whether ServeContent read Range and we chose by it, or might have.
func ranged(x exchange) bool {
	return !x.req.Head && (x.ours.status == 200 || x.ours.status == 206 || x.ours.status == 416) &&
		(x.theirs.status == 200 || x.theirs.status == 206 || x.theirs.status == 416)
}

// differences lists all intended differences between Decide and [http.ServeContent]. A row reports whether it
// explains an exchange.
var differences = []struct {
	name    string
	rfc     string
	example exchange // one that differs for this reason
	between func(x exchange) bool
}{
	{
		"HEAD ignores Range", "14.2: a server MUST ignore a Range received with a method other than GET",
		get(plan.Request{Head: true, Range: "bytes=0-4"}, "200", "206 0-4"),
		func(x exchange) bool { return x.req.Head && x.req.Range != "" && x.ours.status == 200 },
	},
	{
		"what is no valid set of bytes is ignored", "14.2: MAY ignore an invalid one, MUST one of an unknown unit",
		get(plan.Request{Range: "bytes=5-4"}, "200", "416"),
		func(x exchange) bool { return ranged(x) && x.ours.status == 200 && slowParse(x.req.Range) == nil },
	},
	{
		"the unit is case-insensitive", "14.1: range-unit names are case-insensitive",
		get(plan.Request{Range: "Bytes=0-4"}, "206 0-4", "416"),
		func(x exchange) bool {
			return ranged(x) && x.theirs.status == 416 && bytesUnit.MatchString(x.req.Range) && x.req.Range[:5] != "bytes"
		},
	},
	{
		"a suffix of no bytes is unsatisfiable", "14.1.2: satisfiable if the suffix-length is non-zero",
		get(plan.Request{Range: "bytes=-0"}, "416", "206 100-99"),
		func(x exchange) bool { return ranged(x) && hasSpec(x, plan.Spec{First: -1}) && agrees(x) },
	},
	{
		"numbers have no largest one", "14.1.2: MUST anticipate potentially large decimal numerals",
		get(plan.Request{Range: "bytes=0-9223372036854775808"}, "206 0-99", "416"),
		func(x exchange) bool { return ranged(x) && x.theirs.status == 416 && tooLarge(x) && agrees(x) },
	},
	{
		"near ranges are joined, and many are the whole", "15.3.7.2: MAY coalesce; 14.2: MAY ignore many small ones",
		get(plan.Request{Range: "bytes=0-4,6-9"}, "206 0-9", "206 0-4 6-9"),
		func(x exchange) bool { return ranged(x) && len(slowParse(x.req.Range)) > 1 && agrees(x) },
	},
	{
		"an empty file has no first byte", "15.5.17: none of the ranges overlaps the extent",
		of(plan.Facts{}, plan.Request{Range: "bytes=0-"}, "416", "200"),
		func(x exchange) bool { return ranged(x) && x.facts.Size == 0 && agrees(x) },
	},
	{
		"If-Range is one tag", `13.1.5: If-Range = entity-tag / HTTP-date`,
		get(plan.Request{Range: "bytes=0-4", IfRange: `"v1", "v2"`}, "200", "206 0-4"),
		func(x exchange) bool {
			return ranged(x) && x.ours.status == 200 && tagFirst.MatchString(x.req.IfRange)
		},
	},
	{
		"a list is of tags and commas, and * stands alone", "13.1.1, 13.1.2: \"*\" / #entity-tag",
		get(plan.Request{IfNoneMatch: `*, "v2"`}, "200", "304"),
		func(x exchange) bool {
			return x.req.IfMatch != "" && !tagList.MatchString(x.req.IfMatch) ||
				x.req.IfNoneMatch != "" && !tagList.MatchString(x.req.IfNoneMatch)
		},
	},
	{
		"a date is an HTTP-date", "13.1.3, 13.1.4: MUST ignore what is not a valid HTTP-date; 5.6.7: its grammar",
		get(plan.Request{IfModifiedSince: "Sat, 06 Jan 2024 10:20:30.7 GMT"}, "200", "304"),
		func(x exchange) bool {
			return misread(x.req.IfModifiedSince) || misread(x.req.IfUnmodifiedSince) || misread(x.req.IfRange)
		},
	},
	{
		"a date in the future is now", "8.8.2.1: MUST NOT generate a Last-Modified later than the Date",
		of(plan.Facts{Size: 100, ModTime: now.Add(time.Hour)},
			plan.Request{IfModifiedSince: "Thu, 01 Jan 2026 00:00:00 GMT"}, "304", "200"),
		func(x exchange) bool { return dated(x) && x.facts.ModTime.After(now) },
	},
	{
		"a date of this second is weak", "8.8.2.2: at least one second before the Date",
		of(plan.Facts{Size: 100, ModTime: now}, plan.Request{Range: "bytes=0-4", IfRange: "Thu, 01 Jan 2026 00:00:00 GMT"},
			"200", "206 0-4"),
		func(x exchange) bool {
			return ranged(x) && x.req.IfRange != "" && x.ours.status == 200 && x.facts.ModTime.Unix() == now.Unix()
		},
	},
	{
		"1970 is a date", "13.1.3: ignored only without a modification date; ServeContent takes the epoch for none",
		of(plan.Facts{Size: 100, ModTime: time.Unix(0, 0)}, plan.Request{IfModifiedSince: lm}, "304", "200"),
		func(x exchange) bool { return dated(x) && x.facts.ModTime.Equal(time.Unix(0, 0)) },
	},
}

// get is the exchange of a request for a file of 100 bytes.
func get(req plan.Request, ours, theirs string) exchange {
	return of(plan.Facts{Size: 100, ETag: `"v1"`, ModTime: modified}, req, ours, theirs)
}

func of(facts plan.Facts, req plan.Request, ours, theirs string) exchange {
	facts.Now = now
	return exchange{req, facts, read(ours), read(theirs)}
}

// agrees reports whether Decide and the reference parser of Range agree.
func agrees(x exchange) bool { return x.ours.String() == slowDecide(x.req.Range, x.facts.Size) }

func hasSpec(x exchange, spec plan.Spec) bool {
	for _, s := range slowParse(x.req.Range) {
		if s.spec() == spec {
			return true
		}
	}
	return false
}

func tooLarge(x exchange) bool {
	for _, s := range slowParse(x.req.Range) {
		if s.first != nil && !s.first.IsInt64() || s.last != nil && !s.last.IsInt64() {
			return true
		}
	}
	return false
}

// misread reports whether [http.ParseTime] deviates from the grammar: it accepts an invalid HTTP-date, rejects a
// leap second, or derives the century of two digits differently.
func misread(date string) bool {
	_, err := http.ParseTime(date)
	return (err == nil) != httpDate.MatchString(date)
}

// TestDifferences asserts that every row is needed: Decide and ServeContent differ for its example.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, diff := range differences {
		t.Run(diff.name, func(t *testing.T) {
			t.Parallel()
			x := diff.example
			assert.NotEmpty(t, diff.rfc)
			assert.Equal(t, x.ours.String(), describe(plan.Decide(&x.req, &x.facts)), "ours")
			assert.Equal(t, x.theirs.String(), serveContent(t, &x.req, &x.facts).String(), "theirs")
			assert.True(t, diff.between(x))
		})
	}
}
