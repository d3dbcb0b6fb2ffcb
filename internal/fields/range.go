package fields

import (
	"math"
	"strconv"
	"strings"
)

// ContentRange parses a Content-Range, `bytes 0-4/10` or `bytes 0-4/*` (RFC 9110 section 14.4): the offset and the length
// of the part, and the total length, which is negative if it is unknown. The total of an invalid range may be valid.
func ContentRange(field string) (off, n, total int64, ok bool) {
	spec, bytes := strings.CutPrefix(field, "bytes ")
	pos, length, hasTotal := strings.Cut(spec, "/")
	first, last, isRange := strings.Cut(pos, "-")
	if !bytes || !hasTotal || !isRange {
		return 0, 0, 0, false
	}
	start, err1 := strconv.ParseUint(first, 10, 63)
	end, err2 := strconv.ParseUint(last, 10, 63)
	total = -1
	if length != "*" {
		parsed, err := strconv.ParseUint(length, 10, 63)
		if err != nil {
			return 0, 0, 0, false
		}
		total = int64(parsed)
		if end >= parsed {
			return 0, 0, total, false
		}
	}
	if err1 != nil || err2 != nil || end < start || end == math.MaxInt64 {
		return 0, 0, total, false
	}
	return int64(start), int64(end - start + 1), total, true
}
