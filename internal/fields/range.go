package fields

import (
	"math"
	"strconv"
	"strings"
)

// ContentRange parses a Content-Range, `bytes 0-4/10` or `bytes 0-4/*` (RFC 9110 section 14.4): the offset and the length
// of the part, and the total length, which is negative if it is unknown. The total of an invalid range may be valid.
func ContentRange(field string) (off, n, total int64, ok bool) {
	spec, bytes := cutUnit(field)
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

// PastTheEnd reports whether a Content-Range starts at the end of the content, without bytes. Azurite sends one in a 206,
// instead of a 416.
func PastTheEnd(field string) bool {
	spec, ok := cutUnit(field)
	pos, total, _ := strings.Cut(spec, "/")
	first, _, _ := strings.Cut(pos, "-")
	return ok && first == total
}

// UnsatisfiedLength returns the length in the Content-Range of a 416, such as `bytes */10`, or -1.
func UnsatisfiedLength(field string) int64 {
	spec, _ := cutUnit(field)
	length, ok := strings.CutPrefix(spec, "*/")
	if !ok {
		return -1
	}
	n, err := strconv.ParseUint(length, 10, 63)
	if err != nil {
		return -1
	}
	return int64(n)
}

// cutUnit returns the text after the unit of a Content-Range. It reports false unless that is bytes, in any case (RFC 9110
// section 14.1).
func cutUnit(field string) (rest string, ok bool) {
	const unit = "bytes "
	if len(field) < len(unit) || !strings.EqualFold(field[:len(unit)], unit) {
		return "", false
	}
	return field[len(unit):], true
}
