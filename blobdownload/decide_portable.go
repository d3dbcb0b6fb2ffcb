package blobdownload

import (
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// What a front server sees of a request is all that it decides by, even where the application has decided
// before. Handed over is therefore only what every front server reads alike, and as RFC 9110 does;
// the rest is streamed. docs/servers/differences.md has the cases, which the tests play through nginx.

// singleLines are the fields of which servers read the first line, or none.
var singleLines = [...]string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"}

// readAlike reports whether the fields of a request are written so that every front server reads them alike. A
// condition that has to hold is not, however it is written: nginx fails it, since it compares with a tag of its own.
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
		return false // Apache obeys a date in another zone
	}
	return req.Range == "" || plan.Plain(req.Range)
}

// decidedAlike reports whether every front server comes to the decision of RFC 9110 section 13.1.5 on If-Range, when
// it is given these validators. Servers obey a validator that is repeated to them letter by letter, a weak tag
// (nginx) and a date of this very second among them.
func ifRangePortable(req *wrapper.Request, info *wrapper.Info, now time.Time) bool {
	if req.Range == "" || req.IfRange == "" {
		return true
	}
	h := http.Header{}
	setValidators(h, info, now)
	repeated := req.IfRange == h.Get("ETag") || req.IfRange == h.Get("Last-Modified")
	obeyed := info.Status(*req) != http.StatusOK
	return repeated == obeyed && (plan.ValidETag(req.IfRange) || isPlainDate(req.IfRange))
}

// plainDate reports whether a date is written as servers write it: others are read in many ways.
func isPlainDate(s string) bool {
	t, err := time.Parse(http.TimeFormat, s)
	return err == nil && t.Format(http.TimeFormat) == s
}

// wantsDigest reports whether the answer to a request has a digest, which front servers make none of.
func (t *transfer) needsDigest(req *wrapper.Request, info *wrapper.Info) bool {
	if t.r.Header["Want-Repr-Digest"] == nil && t.r.Header["Want-Content-Digest"] == nil {
		return false
	}
	h := http.Header{}
	t.setDigests(h, info.Status(*req), info)
	return len(h) > 0
}
