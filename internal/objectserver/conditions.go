package objectserver

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// precondition evaluates the fields of RFC 9110 section 13.1 in the order of section 13.2.2. It compares one
// entity-tag byte for byte, as the stores do.
func precondition(h http.Header, o *Object) *Refusal {
	modified := o.Modified.Truncate(time.Second)
	match, noneMatch := h.Get("If-Match"), h.Get("If-None-Match")
	since, hasSince := date(h.Get("If-Modified-Since"))
	until, hasUntil := date(h.Get("If-Unmodified-Since"))
	switch {
	case match != "" && match != "*" && match != o.ETag, match == "" && hasUntil && modified.After(until):
		return &Refusal{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed"}
	case noneMatch == "*", noneMatch != "" && noneMatch == o.ETag, noneMatch == "" && hasSince && !modified.After(since):
		return &Refusal{Status: http.StatusNotModified}
	default:
		return nil
	}
}

func date(field string) (time.Time, bool) {
	t, err := http.ParseTime(field)
	return t, err == nil
}

// window is the bytes from first up to end.
type window struct{ first, end int64 }

func (w window) of(size int64) string { return fmt.Sprintf("bytes %d-%d/%d", w.first, w.end-1, size) }

// parseWindow reads a single range. A field that the protocol does not have is ignored.
func parseWindow(field string, size int64, suffixes bool) (window, bool) {
	spec, ok := strings.CutPrefix(field, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return window{}, false
	}
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && errB == nil && suffixes:
		if b == 0 {
			return window{size, size}, true
		}
		return window{max(0, size-b), size}, true
	case errA == nil && last == "":
		return window{a, size}, true
	case errA == nil && errB == nil && a <= b:
		return window{a, min(size, b+1)}, true
	default:
		return window{}, false
	}
}
