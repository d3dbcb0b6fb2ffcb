package upstream

import (
	"net/http"
	"net/url"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// passedOn are the fields of a client's request that reach a store.
var passedOn = [...]string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}

// PassOn sets the fields of a client's request that reach a store.
func (r *Request) PassOn(h http.Header) {
	for _, name := range passedOn {
		r.Set(name, Field(h, name))
	}
}

// Field returns the value to send of a field that reaches a store, by its canonical name. An invalid date is to be ignored
// (RFC 9110 section 13.1.3), and two of the three forms are obsolete: not every store complies.
func Field(h http.Header, name string) string {
	v := h[name]
	if len(v) == 0 {
		return ""
	}
	if name != "If-Modified-Since" && name != "If-Unmodified-Since" {
		return v[0]
	}
	t, err := http.ParseTime(v[0])
	if err != nil {
		return ""
	}
	return fields.FormatDate(t)
}

// Optional returns nil for "", as the SDKs have it.
func Optional[T ~string](value T) *T {
	if value == "" {
		return nil
	}
	return &value
}

// OptionalTime returns the time of a field, or nil if it is none.
func OptionalTime(field string) *time.Time {
	t, err := http.ParseTime(field)
	if err != nil {
		return nil
	}
	return &t
}

// Overrides returns the query of a signed URL that changes fields of the response. S3 and the XML API of Google Cloud
// Storage have it in common, but for the name of the version's parameter.
func Overrides(contentDisposition, contentType, cacheControl, versionName, version string) url.Values {
	q := url.Values{}
	for _, p := range [...][2]string{
		{"response-content-disposition", contentDisposition},
		{"response-content-type", contentType},
		{"response-cache-control", cacheControl},
		{versionName, version},
	} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	return q
}
