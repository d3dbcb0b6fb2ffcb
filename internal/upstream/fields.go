package upstream

import "net/http"

// passedOn are the fields of a request that reach a store.
var passedOn = [...]string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}

// PassOn sets the fields of a client's request that reach a store.
func (r *Request) PassOn(fields http.Header) {
	for _, name := range passedOn {
		r.Set(name, Field(fields, name))
	}
}

// Field returns the value to send of a field that reaches a store. A date that is none is to be ignored (RFC 9110
// section 13.1.3), which not every store does, nor reads every store the two obsolete forms.
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
	return t.UTC().Format(http.TimeFormat)
}
