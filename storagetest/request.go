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

// RequestOption changes a request that NewRequest makes. One that makes no sense fails the test; what is to be
// malformed on purpose is set by [Header].
type RequestOption func(r *http.Request) error

// NewRequest returns a request for a handler or for a client, under the context of the test. A target without
// a host, as "/a.txt", is a handler's; it gets what a server would have set.
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

// Get returns a GET request: see [NewRequest].
func Get(t testing.TB, target string, options ...RequestOption) *http.Request {
	t.Helper()
	return NewRequest(t, http.MethodGet, target, options...)
}

// Head returns a HEAD request: see [NewRequest].
func Head(t testing.TB, target string, options ...RequestOption) *http.Request {
	t.Helper()
	return NewRequest(t, http.MethodHead, target, options...)
}

// Header adds a field as it is.
func Header(name, value string) RequestOption {
	return func(r *http.Request) error {
		r.Header.Add(name, value)
		return nil
	}
}

// Range asks for the bytes from first to last, both included. Several of them ask for several ranges.
func Range(first, last int64) RequestOption {
	if first < 0 || last < first {
		return refuse("Range(%d, %d) is no range", first, last)
	}
	return addRange(strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10))
}

// RangeFrom asks for everything from byte first on.
func RangeFrom(first int64) RequestOption {
	if first < 0 {
		return refuse("RangeFrom(%d) is no range", first)
	}
	return addRange(strconv.FormatInt(first, 10) + "-")
}

// RangeLast asks for the last n bytes.
func RangeLast(n int64) RequestOption {
	if n < 0 {
		return refuse("RangeLast(%d) is no range", n)
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

// IfRange asks for ranges only as long as the content has an entity-tag, and for everything else
// (RFC 9110 section 13.1.5).
func IfRange(etag string) RequestOption { return ifTags("If-Range", etag) }

// IfRangeSince asks for ranges only as long as the content was modified at t.
func IfRangeSince(t time.Time) RequestOption { return ifDate("If-Range", t) }

// IfMatch asks for content that has one of the entity-tags, or "*" for content that exists.
func IfMatch(etags ...string) RequestOption { return ifTags("If-Match", etags...) }

// IfNoneMatch asks for content that has none of the entity-tags, or "*" for content that must not exist.
func IfNoneMatch(etags ...string) RequestOption { return ifTags("If-None-Match", etags...) }

// IfModifiedSince asks for content that was modified after t.
func IfModifiedSince(t time.Time) RequestOption { return ifDate("If-Modified-Since", t) }

// IfUnmodifiedSince asks for content that was not modified after t.
func IfUnmodifiedSince(t time.Time) RequestOption { return ifDate("If-Unmodified-Since", t) }

func ifTags(name string, etags ...string) RequestOption {
	star := len(etags) == 1 && etags[0] == "*" && name != "If-Range"
	if len(etags) == 0 {
		return refuse("%s has no entity-tag", name)
	}
	for _, etag := range etags {
		if !star && !plan.ValidETag(etag) {
			return refuse("%s: %s is no entity-tag: it needs quotes of its own", name, etag)
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
