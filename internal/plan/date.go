package plan

import (
	"strings"
	"time"
)

// ParseDate returns the time of an HTTP-date, and false for anything else, which a condition must then ignore. Now
// places the two digits of an obsolete form's year in a century.
func ParseDate(s string, now time.Time) (time.Time, bool) {
	t, ok := parseDate(s, now.Unix())
	return time.Unix(t, 0).UTC(), ok
}

// parseDate returns the Unix time of an HTTP-date in any of its three formats (RFC 9110 section 5.6.7). The century
// of an rfc850-date depends on now, a Unix time.
//
// The parser is strict: case-sensitive, GMT, no fractions, a leap second allowed. [time.Parse] accepts more, but an
// invalid date must be ignored. The weekday is not compared with the date.
func parseDate(s string, now int64) (int64, bool) {
	s = trimBlanks(s)
	if len(s) < len("Sun Nov  6 08:49:37 1994") {
		return 0, false
	}
	switch {
	case s[3] == ',':
		return parseIMF(s)
	case s[3] == ' ':
		return parseAsctime(s)
	}
	return parseRFC850(s, now)
}

// parseIMF parses "Sun, 06 Nov 1994 08:49:37 GMT".
func parseIMF(s string) (int64, bool) {
	if len(s) != 29 || !shortDay(s[:3]) || !like(s[3:], ", 00 xxx 0000 00:00:00 GMT") {
		return 0, false
	}
	return unix(100*two(s[12:])+two(s[14:]), month(s[8:11]), two(s[5:]), s[17:25])
}

// parseAsctime parses "Sun Nov  6 08:49:37 1994".
func parseAsctime(s string) (int64, bool) {
	if len(s) != 24 || !shortDay(s[:3]) {
		return 0, false
	}
	var day int
	switch {
	case like(s[3:], " xxx 00 00:00:00 0000"):
		day = two(s[8:])
	case like(s[3:], " xxx  0 00:00:00 0000"):
		day = int(s[9] - '0')
	default:
		return 0, false
	}
	return unix(100*two(s[20:])+two(s[22:]), month(s[4:7]), day, s[11:19])
}

// parseRFC850 parses "Sunday, 06-Nov-94 08:49:37 GMT".
func parseRFC850(s string, now int64) (int64, bool) {
	day, s, _ := strings.Cut(s, ",")
	if !longDay(day) || !like(s, " 00-xxx-00 00:00:00 GMT") {
		return 0, false
	}
	at := func(year int) (int64, bool) { return unix(year, month(s[4:7]), two(s[1:]), s[11:19]) }

	// The year is the last one with these digits that is at most 50 years from now.
	present := time.Unix(now, 0).UTC()
	limit := present.AddDate(50, 0, 0)
	year := limit.Year() - limit.Year()%100 + two(s[8:])
	if year > limit.Year() {
		year -= 100
	}
	t, ok := at(year)
	if ok && t > limit.Unix() {
		return at(year - 100)
	}
	return t, ok
}

// like reports whether s matches a pattern, in which 0 is any digit and x is any byte.
func like(s, pattern string) bool {
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		switch c := pattern[i]; {
		case c == '0' && (s[i] < '0' || s[i] > '9'):
			return false
		case c != '0' && c != 'x' && c != s[i]:
			return false
		}
	}
	return true
}

// two returns the value of the first two digits of s.
func two(s string) int { return 10*int(s[0]-'0') + int(s[1]-'0') }

// unix returns the Unix time of a day and a clock such as "08:49:37", and false where there is no such time.
func unix(year int, m time.Month, day int, clock string) (int64, bool) {
	h, mi, sec := two(clock), two(clock[3:]), two(clock[6:])
	if m == 0 || h > 23 || mi > 59 || sec > 60 {
		return 0, false
	}
	d := time.Date(year, m, day, 0, 0, 0, 0, time.UTC)
	if d.Day() != day {
		return 0, false
	}
	return d.Unix() + int64(3600*h+60*mi+sec), true
}

// month returns the month of a name of three letters, or 0.
func month(name string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if m.String()[:3] == name {
			return m
		}
	}
	return 0
}

func shortDay(name string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String()[:3] == name {
			return true
		}
	}
	return false
}

func longDay(name string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == name {
			return true
		}
	}
	return false
}
