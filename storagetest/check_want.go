package storagetest

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

const nothingWanted = "it checks nothing; set a field"

// isZero reports whether w checks nothing. An empty Header checks nothing either.
func (w *Want) isZero() bool {
	c := *w
	if len(c.Header) == 0 {
		c.Header = nil
	}
	return reflect.ValueOf(c).IsZero()
}

// impossible returns the reasons why no response can meet w.
func (w *Want) impossible() (reasons []string) {
	if w.isZero() {
		return []string{nothingWanted}
	}
	no := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if w.Status != 0 && (w.Status < 100 || w.Status > 599) {
		no("Status %d is invalid", w.Status)
	}
	if w.Empty && w.Body != "" {
		no("Body has %d bytes, but Empty is set", len(w.Body))
	}
	if w.Body != "" && bodiless(w.Status) {
		no("a %d has no content (RFC 9110 section 6.4.1), but Body is set", w.Status)
	}
	if w.Status != 0 && !hasFile(w.Status) {
		for _, f := range []struct{ name, value string }{
			{"Filename", w.Filename}, {"Disposition", w.Disposition},
		} {
			if f.value != "" {
				no("a %d has no file, but %s is %q", w.Status, f.name, f.value)
			}
		}
	}
	if d := strings.ToLower(w.Disposition); d != "" && d != "attachment" && d != "inline" {
		no("Disposition is attachment or inline, not %q; Filename has the name", w.Disposition)
	}
	if w.ContentType != "" && w.MediaType != "" && mediaType(w.ContentType) != mediaType(w.MediaType) {
		no("ContentType %q contradicts MediaType %q", w.ContentType, w.MediaType)
	}
	if strings.Contains(w.MediaType, ";") {
		no("MediaType %q has parameters; ContentType compares them", w.MediaType)
	}
	if w.ETag != "" && !plan.ValidETag(w.ETag) {
		no("ETag %s is no entity-tag (RFC 9110 section 8.8.3), which includes its quotes", w.ETag)
	}
	reasons = append(reasons, w.impossibleRange()...)
	return append(reasons, w.impossibleHeader()...)
}

var contentRange = regexp.MustCompile(`^bytes (?:(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)|\*/\d{1,18})$`)

func (w *Want) impossibleRange() []string {
	if w.ContentRange == "" {
		return nil
	}
	m := contentRange.FindStringSubmatch(w.ContentRange)
	if m == nil {
		return []string{fmt.Sprintf("ContentRange %q is not of the form bytes 0-4/11 or bytes */11 (RFC 9110)", w.ContentRange)}
	}
	status := http.StatusPartialContent
	if m[1] == "" {
		status = http.StatusRequestedRangeNotSatisfiable
	}
	if w.Status != 0 && w.Status != status {
		return []string{fmt.Sprintf("ContentRange %q requires a %d, but Status is %d", w.ContentRange, status, w.Status)}
	}
	if m[1] == "" {
		return nil
	}
	first, _ := strconv.ParseInt(m[1], 10, 64)
	last, _ := strconv.ParseInt(m[2], 10, 64)
	size, err := strconv.ParseInt(m[3], 10, 64)
	switch n := last - first + 1; {
	case n < 1 || err == nil && last >= size:
		return []string{fmt.Sprintf("ContentRange %q is outside of the content", w.ContentRange)}
	case w.Empty, w.Body != "" && int64(len(w.Body)) != n:
		return []string{fmt.Sprintf("ContentRange %q has %d bytes, but Body has %d", w.ContentRange, n, len(w.Body))}
	}
	return nil
}

// impossibleHeader returns the contradictions between Header and the other fields of w.
func (w *Want) impossibleHeader() (reasons []string) {
	modified := ""
	if !w.LastModified.IsZero() {
		modified = w.LastModified.UTC().Format(http.TimeFormat)
	}
	for _, f := range []struct{ name, value string }{
		{"Content-Type", w.ContentType}, {"Content-Range", w.ContentRange}, {"Etag", w.ETag},
		{"Last-Modified", modified}, {"Cache-Control", w.CacheControl},
	} {
		values, ok := w.Header[f.name]
		if ok && f.value != "" && (len(values) != 1 || values[0] != f.value) {
			reasons = append(reasons, fmt.Sprintf("Header has %s %s, but the field of Want is %q", f.name, quoteAll(values), f.value))
		}
	}
	for _, name := range sortedNames(w.Header) {
		if c := http.CanonicalHeaderKey(name); c != name {
			reasons = append(reasons, fmt.Sprintf("Header has %q, whose canonical form is %q", name, c))
		}
	}
	if values, ok := w.Header["Content-Disposition"]; ok && len(values) == 0 && (w.Filename != "" || w.Disposition != "") {
		reasons = append(reasons, "Header excludes Content-Disposition, but Filename or Disposition is set")
	}
	return reasons
}

func bodiless(status int) bool {
	return status != 0 && status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}

// hasFile reports whether a response with this status has a file as its content.
func hasFile(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNonAuthoritativeInfo, http.StatusPartialContent:
		return true
	}
	return false
}

func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	if t = strings.TrimSpace(t); t == "" {
		return absent
	}
	return strings.ToLower(t)
}
