package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// storedType is the media type of every object.
const storedType = "application/x-stored"

// honest makes the reply of RFC 9110, or of S3.
func (x *exchange) honest() {
	s := x.obj.style
	x.version, _ = x.obj.current()
	if id := x.req.URL.Query().Get("versionId"); id != "" && s.versioned && !x.ignore {
		if x.version = x.obj.versionByID(id); x.version == nil {
			x.refuse(http.StatusNotFound, "NoSuchVersion")
			return
		}
	}
	if x.req.Method == http.MethodHead && s.head != 0 {
		x.refuse(s.head, "MethodNotAllowed")
		return
	}
	tag := x.obj.tag(x.version, s.tags)
	x.describe(tag)
	if status := x.precondition(tag); status != 0 && !x.ignore && !s.noCondition {
		if status == http.StatusNotModified {
			x.status, x.length = status, undeclared
			x.drop("Content-Type")
			if s.bare304 {
				x.header = nil
			}
			return
		}
		x.refuse(status, "PreconditionFailed")
		return
	}
	x.content()
}

// describe sets the fields of a 200.
func (x *exchange) describe(tag string) {
	s := x.obj.style
	x.set("Content-Type", storedType)
	x.set("ETag", tag)
	if !s.undated {
		x.set("Last-Modified", x.version.modTime.Format(http.TimeFormat))
	}
	if !x.ofS3() {
		return
	}
	x.set("X-Amz-Request-Id", "TRIAL")
	if s.versioned {
		x.set("X-Amz-Version-Id", x.version.id)
	}
	if x.req.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && x.req.Header.Get("Range") == "" {
		for _, f := range x.version.checksum() {
			x.set(f[0], f[1])
		}
	}
}

// content sets the body: the whole, a range, or a part of a multipart upload.
func (x *exchange) content() {
	s := x.obj.style
	size := len(x.version.body)
	x.status, x.body, x.length = http.StatusOK, x.version.body, size
	if s.chunked {
		x.length = chunked
	}
	first, n, ok := x.window(size)
	switch {
	case !ok || s.noRanges:
	case n == 0:
		x.refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
		if x.ofS3() {
			x.body = fmt.Appendf(nil, "<Error><Code>InvalidRange</Code><ActualObjectSize>%d</ActualObjectSize></Error>", size)
			x.length = len(x.body)
		} else {
			x.set("Content-Range", fmt.Sprintf("bytes */%d", size))
		}
	default:
		x.part(first, n, size)
	}
}

// part makes the reply a 206 of n bytes.
func (x *exchange) part(first, n, total int) {
	x.status, x.body = http.StatusPartialContent, x.version.body[first:first+n]
	if x.length != chunked {
		x.length = n
	}
	x.set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+n-1, total))
}

// window returns the requested range; 0 bytes for an unsatisfiable one.
func (x *exchange) window(size int) (first, n int, ok bool) {
	if p, err := strconv.Atoi(x.req.URL.Query().Get("partNumber")); err == nil && p > 0 && p <= len(x.version.parts) {
		for _, before := range x.version.parts[:p-1] {
			first += before
		}
		x.set("X-Amz-Mp-Parts-Count", strconv.Itoa(len(x.version.parts)))
		return first, x.version.parts[p-1], true
	}
	spec, ok := strings.CutPrefix(x.req.Header.Get("Range"), "bytes=")
	if !ok || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	from, to, ok := strings.Cut(spec, "-")
	if !ok {
		return 0, 0, false
	}
	w, ok := wanted{from, to}.window(int64(size))
	return int(w.off), int(w.n), ok
}

// precondition returns the status of a precondition that fails, or 0 (RFC 9110 section 13.2.2).
func (x *exchange) precondition(tag string) int {
	h := x.req.Header
	date := func(field string) (time.Time, bool) {
		t, err := http.ParseTime(h.Get(field))
		return t, err == nil && !x.obj.style.undated
	}
	strong := tag != "" && !strings.HasPrefix(tag, "W/")
	if m := h.Get("If-Match"); m != "" {
		if m != "*" && (!strong || !slices.Contains(list(m), tag)) {
			return http.StatusPreconditionFailed
		}
	} else if t, ok := date("If-Unmodified-Since"); ok && x.version.modTime.After(t) {
		return http.StatusPreconditionFailed
	}
	if m := h.Get("If-None-Match"); m != "" {
		if m == "*" || slices.ContainsFunc(list(m), func(t string) bool { return tag != "" && opaque(t) == opaque(tag) }) {
			return http.StatusNotModified
		}
	} else if t, ok := date("If-Modified-Since"); ok && !x.version.modTime.After(t) {
		return http.StatusNotModified
	}
	return 0
}

// list splits a list of entity-tags, none of which has a comma in it.
func list(field string) []string {
	var tags []string
	for t := range strings.SplitSeq(field, ",") {
		tags = append(tags, strings.TrimSpace(t))
	}
	return tags
}

func opaque(tag string) string { return strings.TrimPrefix(tag, "W/") }

// refuse makes the reply an error.
func (x *exchange) refuse(status int, code string) {
	x.status, x.events = status, nil
	x.body = fmt.Appendf(nil, "<Error><Code>%s</Code></Error>", code)
	x.length = len(x.body)
	x.header = [][2]string{{"Content-Type", "application/xml"}}
	if x.ofS3() {
		x.set("X-Amz-Request-Id", "TRIAL")
	}
	if status == http.StatusNotModified {
		x.length = undeclared
	}
}
