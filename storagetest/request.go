package storagetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// RequestOption sets a field of a request. An invalid value fails the test; set a malformed field with [Header].
type RequestOption func(r *http.Request) error

// NewRequest returns a request with the context of the test. A target without a host, such as "/a.txt", is a
// request to a handler: its Host and RemoteAddr are set as a server sets them. A target with a host is a request of
// a client.
func NewRequest(t testing.TB, method, target string, options ...RequestOption) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	if err != nil {
		t.Fatalf("NewRequest: %v", err)
	}
	if r.URL.Host == "" {
		if !strings.HasPrefix(target, "/") {
			t.Fatalf("NewRequest: the target %q is neither a path nor a URL", target)
		}
		r.Host, r.RemoteAddr = "example.com", "192.0.2.1:1234"
	}
	for _, option := range options {
		if err := option(r); err != nil {
			t.Fatalf("NewRequest: %v", err)
		}
	}
	return r
}

// Get returns a GET request; see [NewRequest].
func Get(t testing.TB, target string, options ...RequestOption) *http.Request {
	t.Helper()
	return NewRequest(t, http.MethodGet, target, options...)
}

// Head returns a HEAD request; see [NewRequest].
func Head(t testing.TB, target string, options ...RequestOption) *http.Request {
	t.Helper()
	return NewRequest(t, http.MethodHead, target, options...)
}

// Header adds a field without validation.
func Header(name, value string) RequestOption {
	return func(r *http.Request) error {
		r.Header.Add(name, value)
		return nil
	}
}

// Range adds the range of the bytes from first to last, inclusive. Several ranges are sent in one field.
func Range(first, last int64) RequestOption {
	if first < 0 || last < first {
		return refuse("Range(%d, %d) is invalid", first, last)
	}
	return addRange(strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10))
}

// RangeFrom adds the range from byte first to the end.
func RangeFrom(first int64) RequestOption {
	if first < 0 {
		return refuse("RangeFrom(%d) is invalid", first)
	}
	return addRange(strconv.FormatInt(first, 10) + "-")
}

// RangeLast adds the range of the last n bytes.
func RangeLast(n int64) RequestOption {
	if n < 0 {
		return refuse("RangeLast(%d) is invalid", n)
	}
	return addRange("-" + strconv.FormatInt(n, 10))
}

func addRange(spec string) RequestOption {
	return func(r *http.Request) error {
		value := "bytes=" + spec
		if before := r.Header.Get("Range"); before != "" {
			value = before + ", " + spec
		}
		r.Header.Set("Range", value)
		return nil
	}
}

// IfRange sets If-Range to an entity-tag: the ranges apply only if it matches (RFC 9110 section 13.1.5).
func IfRange(etag string) RequestOption { return ifTags("If-Range", etag) }

// IfRangeSince sets If-Range to a date: the ranges apply only if the representation was last modified at t.
func IfRangeSince(t time.Time) RequestOption { return ifDate("If-Range", t) }

// IfMatch sets If-Match to a list of entity-tags, or to "*" for any representation.
func IfMatch(etags ...string) RequestOption { return ifTags("If-Match", etags...) }

// IfNoneMatch sets If-None-Match to a list of entity-tags, or to "*" for any representation.
func IfNoneMatch(etags ...string) RequestOption { return ifTags("If-None-Match", etags...) }

// IfModifiedSince sets If-Modified-Since to t, in whole seconds.
func IfModifiedSince(t time.Time) RequestOption { return ifDate("If-Modified-Since", t) }

// IfUnmodifiedSince sets If-Unmodified-Since to t, in whole seconds.
func IfUnmodifiedSince(t time.Time) RequestOption { return ifDate("If-Unmodified-Since", t) }

func ifTags(name string, etags ...string) RequestOption {
	star := len(etags) == 1 && etags[0] == "*" && name != "If-Range"
	if len(etags) == 0 {
		return refuse("%s has no entity-tag", name)
	}
	for _, etag := range etags {
		if !star && !plan.ValidETag(etag) {
			return refuse("%s: %s is no entity-tag, which includes its quotes", name, etag)
		}
	}
	return Header(name, strings.Join(etags, ", "))
}

func ifDate(name string, t time.Time) RequestOption {
	if t.IsZero() {
		return refuse("%s has no time", name)
	}
	return Header(name, t.UTC().Format(http.TimeFormat))
}

func refuse(format string, args ...any) RequestOption {
	return func(*http.Request) error { return fmt.Errorf(format, args...) }
}
