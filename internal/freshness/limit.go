// Package freshness limits which caches store a response, and how long they use it.
package freshness

import (
	"strconv"
	"strings"
	"time"
)

// Limit returns a Cache-Control under which no cache uses a response unrevalidated for longer than d, after
// which its URL has expired. A value without a lifetime gets one, since caches would choose it by a heuristic (RFC 9111
// section 4.2.2). The stale- directives (RFC 5861) are dropped. A d below one second forbids any use without
// revalidation.
func Limit(cacheControl string, d time.Duration) string {
	limit := max(int64(d/time.Second), 0)
	var parts []string
	var maxAge, noCache bool
	for name, part := range Directives(cacheControl) {
		if strings.Contains(name, `"`) {
			continue // no directive
		}
		switch name {
		case "", "stale-while-revalidate", "stale-if-error":
			continue
		case "max-age", "s-maxage":
			if limit == 0 {
				continue
			}
			maxAge = maxAge || name == "max-age"
			part = name + "=" + strconv.FormatInt(age(part[len(name):], limit), 10)
		default:
			noCache = noCache || name == "no-cache" && !hasArgument(part) // with an argument it concerns single fields
			part = withoutAge(part)
		}
		parts = append(parts, part)
	}
	switch {
	case maxAge, noCache, NoStore(cacheControl):
	case limit == 0:
		parts = append(parts, "no-cache")
	default:
		parts = append(parts, "max-age="+strconv.FormatInt(limit, 10))
	}
	return strings.Join(parts, ", ")
}

// age returns the lifetime of an argument with its equals sign, at most limit. It is 0 if the argument is malformed: some caches
// ignore it, and RFC 9111 section 4.2.1 has the others consider the response stale.
func age(argument string, limit int64) int64 {
	digits := strings.TrimPrefix(argument, "=")
	if unquoted, ok := strings.CutPrefix(digits, `"`); ok {
		digits = strings.TrimSuffix(unquoted, `"`)
	}
	n, _ := strconv.ParseUint(digits, 10, 63) // 0 if it is no number, and the largest one if it is too large
	return min(int64(n), limit)
}

// withoutAge drops the argument of a directive that contains the name of a directive for lifetimes. Some servers, nginx for
// one, search the whole field for such names.
func withoutAge(directive string) string {
	lower := strings.ToLower(directive)
	if strings.Contains(lower, "max-age") || strings.Contains(lower, "maxage") || strings.Contains(lower, "stale-") {
		directive, _, _ = strings.Cut(directive, "=")
		return strings.Trim(directive, blanks)
	}
	return directive
}
