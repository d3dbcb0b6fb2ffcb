package wrapper

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// responseInfo returns the metadata of the whole content from the fields that every HTTP server sends.
func responseInfo(resp *http.Response) Info {
	info := Info{
		Size:               resp.ContentLength,
		ModTime:            fields.Date(fields.Single(resp.Header, "Last-Modified")),
		ETag:               entityTag(fields.Single(resp.Header, "Etag")),
		ContentType:        fields.Single(resp.Header, "Content-Type"),
		ContentEncoding:    fields.List(resp.Header, "Content-Encoding"),
		ContentLanguage:    fields.List(resp.Header, "Content-Language"),
		ContentDisposition: fields.Single(resp.Header, "Content-Disposition"),
		CacheControl:       fields.List(resp.Header, "Cache-Control"),
		Sequential:         rejectsRanges(resp.Header),
	}
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		info.Size = unsatisfiedLength(resp)
	case http.StatusPartialContent:
		info.Size = UnknownSize
		if _, _, total, ok := fields.ContentRange(resp.Header.Get("Content-Range")); ok || total > 0 {
			info.Size = total
		}
	case http.StatusOK:
		// Without a total length, ranges can be neither checked nor offered.
		info.Sequential = info.Sequential || info.Size < 0
	}
	return info
}

// rejectsRanges reports whether Accept-Ranges is none (RFC 9110 section 14.3).
func rejectsRanges(h http.Header) bool {
	if h["Accept-Ranges"] == nil {
		return false
	}
	for unit := range fields.Members(fields.List(h, "Accept-Ranges")) {
		if unit != "none" {
			return false
		}
	}
	return true
}

// clockAhead returns how far the storage's clock is ahead if that is why a time is in the future, else 0.
func clockAhead(resp *http.Response, t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	now := time.Now()
	if !t.After(now) {
		return 0
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.Header.Get("Age") != "" { // a cached response has an old Date
		return 0
	}
	return max(0, date.Sub(now))
}

// notModified returns the metadata of a 304. Where the 304 has no ETag, it is the entity-tag of the request that matched.
func (r *remote) notModified(resp *http.Response, req *Request) Info {
	info := r.info(resp)
	info.Size = UnknownSize
	if info.ETag == "" {
		info.ETag = entityTag(req.IfNoneMatch)
	}
	return info
}

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
