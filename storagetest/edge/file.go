package edge

import (
	"net/http"
	"strings"
	"time"
)

// file is the metadata of a file in a response. Its methods evaluate preconditions and ranges.
type file struct {
	size    int64
	modTime time.Time // in whole seconds; zero if the application sends no Last-Modified
	etag    string    // "" if the application sends none
}

func (f *file) writeValidators(h http.Header) {
	h.Set("ETag", f.etag)
	h.Set("Last-Modified", f.modTime.UTC().Format(http.TimeFormat))
}

// precondition evaluates preconditions as nginx's not-modified filter does, and returns 200, 304 or 412. With the
// application's validators, that filter has no entity-tag, so If-Match always fails.
func (f *file) precondition(r *http.Request, appValidators bool) int {
	etag := f.etag
	if appValidators {
		etag = ""
	}
	ims, inm := r.Header.Get("If-Modified-Since"), r.Header.Get("If-None-Match")
	if since, err := http.ParseTime(r.Header.Get("If-Unmodified-Since")); r.Header.Get("If-Unmodified-Since") != "" &&
		(err != nil || since.Before(f.modTime)) {
		return http.StatusPreconditionFailed
	}
	if im := r.Header.Get("If-Match"); im != "" && !matchETag(im, etag, false) {
		return http.StatusPreconditionFailed
	}
	if ims == "" && inm == "" {
		return http.StatusOK
	}
	if ims != "" {
		since, err := http.ParseTime(ims)
		if appValidators || err != nil || since.Before(f.modTime) {
			return http.StatusOK
		}
	}
	if inm != "" && !matchETag(inm, etag, true) {
		return http.StatusOK
	}
	return http.StatusNotModified
}

// matchETag reports whether an entity-tag is in a list. A weak comparison ignores W/ in the list.
func matchETag(list, etag string, weak bool) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		if etag != "" && tag == etag {
			return true
		}
	}
	return false
}

// ifRange compares an entity-tag exactly and a date for equality.
func (f *file) ifRange(value string) bool {
	switch {
	case value == "":
		return true
	case strings.HasSuffix(value, `"`):
		return value == f.etag
	default:
		t, err := http.ParseTime(value)
		return err == nil && t.Equal(f.modTime)
	}
}
