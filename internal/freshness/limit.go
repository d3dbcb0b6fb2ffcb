// Package freshness limits how long caches use a response.
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
	limit := int64(d / time.Second)
	var parts []string
	bounded := false
	for part := range strings.SplitSeq(cacheControl, ",") {
		part = strings.TrimSpace(part)
		name, value, _ := strings.Cut(part, "=")
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case part == "", name == "stale-while-revalidate", name == "stale-if-error":
			continue
		case name != "max-age" && name != "s-maxage":
			bounded = bounded || strings.EqualFold(part, "no-store") || strings.EqualFold(part, "no-cache")
		case limit < 1:
			continue
		default:
			bounded = bounded || name == "max-age"
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64); err != nil || n > limit {
				part = name + "=" + strconv.FormatInt(limit, 10)
			}
		}
		parts = append(parts, part)
	}
	if !bounded && limit < 1 {
		parts = append(parts, "no-cache")
	} else if !bounded {
		parts = append(parts, "max-age="+strconv.FormatInt(limit, 10))
	}
	return strings.Join(parts, ", ")
}
