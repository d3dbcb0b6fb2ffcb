package blobdownload

import (
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A proxy evaluates the request's fields again after the application has. A request is therefore offloaded only
// if every supported proxy interprets it as RFC 9110 does. docs/servers/differences.md lists the cases.

// singleLines are the fields of which proxies read the first line, or none.
var singleLines = [...]string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"}

// portable reports whether every proxy interprets the fields of a request alike. If-Match and If-Unmodified-Since
// are never portable: nginx compares them with its own validators, and fails.
func portable(r *http.Request, req *wrapper.Request) bool {
	if req.IfMatch != "" || req.IfUnmodifiedSince != "" {
		return false
	}
	for _, name := range singleLines {
		if len(r.Header[name]) > 1 {
			return false
		}
	}
	if req.IfNoneMatch == "" && req.IfModifiedSince != "" && !isPlainDate(req.IfModifiedSince) {
		return false // Apache accepts a date in another zone
	}
	return req.Range == "" || plan.Plain(req.Range)
}

// ifRangePortable reports whether every proxy evaluates If-Range as RFC 9110 section 13.1.5 does, given these
// validators. Proxies accept a validator that is repeated literally, even a weak entity-tag (nginx) or a date of
// the current second.
func ifRangePortable(req *wrapper.Request, info *wrapper.Info, now time.Time) bool {
	if req.Range == "" || req.IfRange == "" {
		return true
	}
	h := http.Header{}
	setValidators(h, info, now, new(lines))
	repeated := req.IfRange == h.Get("ETag") || req.IfRange == h.Get("Last-Modified")
	obeyed := info.Status(*req) != http.StatusOK
	return repeated == obeyed && (plan.ValidETag(req.IfRange) || isPlainDate(req.IfRange))
}

// isPlainDate reports whether a date has the format of http.TimeFormat: proxies interpret other formats
// differently.
func isPlainDate(s string) bool {
	t, err := time.Parse(http.TimeFormat, s)
	return err == nil && t.Format(http.TimeFormat) == s
}

// needsDigest reports whether the response has a digest, which no proxy sends.
func (t *transfer) needsDigest(req *wrapper.Request, info *wrapper.Info) bool {
	if t.r.Header["Want-Repr-Digest"] == nil && t.r.Header["Want-Content-Digest"] == nil {
		return false
	}
	h := http.Header{}
	t.setDigests(h, info.Status(*req), info)
	return len(h) > 0
}
