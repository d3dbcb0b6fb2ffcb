package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// readAs reports whether s is parsed as the date t: a file of t is unmodified since then, a file of a second later
// is modified.
func readAs(s string, t, clock time.Time) bool {
	req := plan.Request{IfModifiedSince: s}
	same := plan.Facts{ModTime: t, Now: clock}
	next := plan.Facts{ModTime: t.Add(time.Second), Now: clock}
	return plan.Decide(&req, &same).Status == 304 && plan.Decide(&req, &next).Status == 200
}

func TestDateForms(t *testing.T) {
	t.Parallel()
	example := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	for _, c := range []struct {
		name, date string
		want       time.Time
	}{
		{"5.6.7 IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", example},
		{"5.6.7 rfc850-date", "Sunday, 06-Nov-94 08:49:37 GMT", example},
		{"5.6.7 asctime-date", "Sun Nov  6 08:49:37 1994", example},
		{"asctime with two digits", "Wed Nov 16 08:49:37 1994", example.AddDate(0, 0, 10)},
		{"between blanks", " Sun, 06 Nov 1994 08:49:37 GMT\t", example},
		{"wrong weekday", "Mon, 06 Nov 1994 08:49:37 GMT", example},
		{"leap day", "Thu, 29 Feb 2024 00:00:00 GMT", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"leap second", "Sat, 31 Dec 2016 23:59:60 GMT", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"before 1970", "Mon, 01 Jan 1900 00:00:00 GMT", time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"5.6.7 two digits, this year", "Thursday, 01-Jan-26 00:00:00 GMT", now},
		{"5.6.7 two digits, past", "Wednesday, 31-Dec-25 00:00:00 GMT", now.AddDate(0, 0, -1)},
		{"5.6.7 two digits, more than 50 years on", "Thursday, 02-Jan-76 00:00:00 GMT",
			time.Date(1976, 1, 2, 0, 0, 0, 0, time.UTC)},
		{"5.6.7 two digits, in the last century", "Friday, 31-Dec-99 00:00:00 GMT",
			time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.True(t, readAs(c.date, c.want, now.Add(time.Minute)))
		})
	}
}

func TestDateOfTwoDigitsInTheFuture(t *testing.T) {
	t.Parallel()
	facts := plan.Facts{ModTime: modified, Now: now}
	for date, want := range map[string]int{
		"Wednesday, 01-Jan-76 00:00:00 GMT": 304,
		"Wednesday, 01-Jan-76 00:00:01 GMT": 200,
	} {
		assert.Equal(t, want, plan.Decide(&plan.Request{IfModifiedSince: date}, &facts).Status, date)
	}
}

func TestDateInvalid(t *testing.T) {
	t.Parallel()
	facts := plan.Facts{ModTime: time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), Now: now}
	for name, date := range map[string]string{
		"blank":            " ",
		"number":           "1735689600",
		"word":             "a date of twenty-nine letters",
		"RFC 3339":         "1994-11-06T08:49:37.000000000Z",
		"zone offset":      "Sun, 06 Nov 1994 08:49:37 +0000",
		"other zone":       "Sun, 06 Nov 1994 08:49:37 CET",
		"lower case":       "sun, 06 nov 1994 08:49:37 gmt",
		"one digit":        "Sun, 6 Nov 1994 08:49:37 GMT",
		"space for a zero": "Sun,  6 Nov 1994 08:49:37 GMT",
		"fraction":         "Sun, 06 Nov 1994 08:49:37.5 GMT",
		"no such weekday":  "Foo, 06 Nov 1994 08:49:37 GMT",
		"no such month":    "Sun, 06 Foo 1994 08:49:37 GMT",
		"no such day":      "Sun, 31 Feb 1994 08:49:37 GMT",
		"day zero":         "Sun, 00 Nov 1994 08:49:37 GMT",
		"no such hour":     "Sun, 06 Nov 1994 24:49:37 GMT",
		"no such minute":   "Sun, 06 Nov 1994 08:60:37 GMT",
		"no such second":   "Sun, 06 Nov 1994 08:49:61 GMT",
		"letters in it":    "Sun, 06 Nov 1994 0x:49:37 GMT",
		"something after":  "Sun, 06 Nov 1994 08:49:37 GMT; length=3",
		"rfc850, short":    "Sun, 06-Nov-94 08:49:37 GMT",
		"rfc850, zone":     "Sunday, 06-Nov-94 08:49:37 EST",
		"rfc850, 4 digits": "Sunday, 06-Nov-1994 08:49:37 GMT",
		"rfc850, no day":   "Friday, 29-Feb-23 08:49:37 GMT",
		"rfc850, weekday":  "Someday, 06-Nov-94 08:49:37 GMT",
		"asctime, day":     "Sun Nov 6 08:49:37 1994",
		"asctime, zero":    "Sun Nov  0 08:49:37 1994",
		"asctime, zone":    "Sun Nov  6 08:49:37 1994 GMT",
		"asctime, weekday": "Foo Nov  6 08:49:37 1994",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := plan.Decide(&plan.Request{IfModifiedSince: date}, &facts)
			assert.Equal(t, 200, d.Status, "%q must be ignored", date)
		})
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	want := time.Date(2024, 1, 6, 10, 20, 30, 0, time.UTC)
	for _, field := range []string{lm, "Saturday, 06-Jan-24 10:20:30 GMT", "Sat Jan  6 10:20:30 2024"} {
		got, ok := plan.ParseDate(field, now)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
	_, ok := plan.ParseDate("Sat, 06 Jan 2024 10:20:30 +0000", now)
	assert.False(t, ok)
}
