package wrapper

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// contentRange returns the range in a 206's Content-Range. A Content-Length that disagrees is an error.
func contentRange(resp *http.Response) (Range, error) {
	got, _, err := parseContentRange(resp.Header.Get("Content-Range"))
	if err == nil && resp.ContentLength >= 0 && resp.ContentLength != got.N {
		err = fmt.Errorf("upstream's Content-Range and Content-Length disagree: %w", ErrLength)
	}
	return got, err
}

var errContentRange = fmt.Errorf("upstream sent a 206 without a valid Content-Range: %w", ErrLength)

// parseContentRange parses a Content-Range, `bytes 0-4/10` or `bytes 0-4/*` (RFC 9110 section 14.4).
func parseContentRange(field string) (part Range, total int64, err error) {
	spec, ok := strings.CutPrefix(field, "bytes ")
	pos, length, ok2 := strings.Cut(spec, "/")
	first, last, ok3 := strings.Cut(pos, "-")
	if !ok || !ok2 || !ok3 {
		return Range{}, 0, errContentRange
	}
	off, err1 := strconv.ParseUint(first, 10, 63)
	end, err2 := strconv.ParseUint(last, 10, 63)
	total = UnknownSize
	if length != "*" {
		n, err := strconv.ParseUint(length, 10, 63)
		if err != nil {
			return Range{}, 0, errContentRange
		}
		total = int64(n)
		if end >= n {
			return Range{}, total, errContentRange
		}
	}
	if err1 != nil || err2 != nil || end < off {
		return Range{}, total, errContentRange
	}
	return Range{int64(off), int64(end - off + 1)}, total, nil
}

// pastTheEnd reports whether a 206 starts at the end of the content, without bytes. Azurite sends one instead of a 416.
func pastTheEnd(resp *http.Response) bool {
	spec, ok := strings.CutPrefix(resp.Header.Get("Content-Range"), "bytes ")
	pos, total, _ := strings.Cut(spec, "/")
	first, _, _ := strings.Cut(pos, "-")
	return ok && first == total
}

// unsatisfiedLength returns the length in a 416's Content-Range, such as `bytes */10`, or UnknownSize.
func unsatisfiedLength(resp *http.Response) int64 {
	length, ok := strings.CutPrefix(resp.Header.Get("Content-Range"), "bytes */")
	if !ok {
		return UnknownSize
	}
	n, err := strconv.ParseUint(length, 10, 63)
	if err != nil {
		return UnknownSize
	}
	return int64(n)
}
