package gcs

import (
	"fmt"
	"strconv"
	"strings"
)

// parseRange reads "bytes=5-9", "bytes=5-" or "bytes=-5" into what the SDK takes.
func parseRange(field string) (off, n int64, ranged bool, err error) {
	if field == "" {
		return 0, -1, false, nil
	}
	_, spec, _ := strings.Cut(field, "=")
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case ok && first == "" && errB == nil:
		return -b, -1, true, nil
	case ok && errA == nil && last == "":
		return a, -1, true, nil
	case ok && errA == nil && errB == nil && a <= b:
		return a, b - a + 1, true, nil
	default:
		return 0, 0, false, fmt.Errorf("range %q is not one that Google Cloud Storage knows", field)
	}
}
