package upstream

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseRange reads the offset and the length of a single range: -1 is the length of bytes=5-, and the offset of the
// suffix bytes=-5 is -5.
func ParseRange(field string) (off, n int64, err error) {
	_, spec, _ := strings.Cut(field, "=")
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case ok && first == "" && errB == nil:
		return -b, -1, nil
	case ok && errA == nil && last == "":
		return a, -1, nil
	case ok && errA == nil && errB == nil && a <= b:
		return a, b - a + 1, nil
	default:
		return 0, 0, fmt.Errorf("range %q is not a single range of bytes", field)
	}
}
