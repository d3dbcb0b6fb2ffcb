package wrapper

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// contentRange returns the range in a 206's Content-Range. A Content-Length that disagrees is an error.
func contentRange(resp *http.Response) (Range, error) {
	off, n, _, ok := fields.ContentRange(resp.Header.Get("Content-Range"))
	if !ok {
		return Range{}, errContentRange
	}
	if resp.ContentLength >= 0 && resp.ContentLength != n {
		return Range{}, fmt.Errorf("upstream's Content-Range and Content-Length disagree: %w", ErrLength)
	}
	return Range{off, n}, nil
}

var errContentRange = fmt.Errorf("upstream sent a 206 without a valid Content-Range: %w", ErrLength)

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
