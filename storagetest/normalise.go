package storagetest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// normaliser replaces the values that differ between runs.
type normaliser struct {
	now      time.Time
	boundary string
}

var (
	httpDates  = regexp.MustCompile(`[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT`)
	isoDates   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}T\d{2}(:|%3A)\d{2}(?:(?::|%3A)\d{2}(?:\.\d+)?)?Z`)
	basicDates = regexp.MustCompile(`\d{8}T\d{6}Z`)
	scopeDates = regexp.MustCompile(`(/|%2F)(\d{8})(/|%2F)`)
	clockTags  = regexp.MustCompile(`"([0-9a-f]{8,16})-([0-9a-f]+)"`)
	epochs     = regexp.MustCompile(`(Expires|expiry)=(\d{10})\b`)
	loopbacks  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	signatures = regexp.MustCompile(`(?i)\b((?:X-(?:Amz|Goog)-)?(?:Signature|Security-Token)|sig|Policy)=[^&\s"]+`)
)

// line returns a line of a transcript in its stable form.
func (n *normaliser) line(s string) string {
	s = strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(s)
	if n.boundary != "" {
		s = strings.ReplaceAll(s, n.boundary, "<boundary>")
	}
	s = signatures.ReplaceAllString(s, "$1=<secret>")
	s = n.dates(httpDates, http.TimeFormat, s)
	s = n.dates(basicDates, "20060102T150405Z", s)
	s = isoDates.ReplaceAllStringFunc(s, func(m string) string {
		plain := strings.ReplaceAll(m, "%3A", ":")
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z"} {
			if t, err := time.Parse(layout, plain); err == nil && n.recent(t) {
				return "<now>"
			}
		}
		return m
	})
	s = scopeDates.ReplaceAllStringFunc(s, func(m string) string {
		parts := scopeDates.FindStringSubmatch(m)
		if t, err := time.Parse("20060102", parts[2]); err == nil && n.recent(t) {
			return parts[1] + "<today>" + parts[3]
		}
		return m
	})
	s = epochs.ReplaceAllStringFunc(s, func(m string) string {
		name, seconds, _ := strings.Cut(m, "=")
		if t, err := strconv.ParseInt(seconds, 10, 64); err == nil && n.recent(time.Unix(t, 0)) {
			return name + "=<now>"
		}
		return m
	})
	s = clockTags.ReplaceAllStringFunc(s, func(m string) string {
		parts := clockTags.FindStringSubmatch(m)
		if t, err := strconv.ParseInt(parts[1], 16, 64); err == nil && (n.recent(time.Unix(t, 0)) || n.recent(time.Unix(0, t))) {
			return `"<now>-` + parts[2] + `"`
		}
		return m
	})
	return loopbacks.ReplaceAllString(s, "127.0.0.1:<port>")
}

func (n *normaliser) dates(form *regexp.Regexp, layout, s string) string {
	return form.ReplaceAllStringFunc(s, func(m string) string {
		if t, err := time.Parse(layout, m); err == nil && n.recent(t) {
			return "<now>"
		}
		return m
	})
}

// recent reports whether a time is within eight days of this run: a signature is valid for seven at most. A fixed
// time of a test should be years in the past.
func (n *normaliser) recent(t time.Time) bool {
	return n.now.Sub(t).Abs() <= 8*24*time.Hour
}
