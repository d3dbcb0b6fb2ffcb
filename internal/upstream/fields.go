package upstream

import "net/http"

// PassedOn are the fields of a request that reach a store.
var PassedOn = [...]string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}

// Field returns the value to send of one of PassedOn. A date that is none is to be ignored (RFC 9110
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

// MaxFields is how many fields are sent: a provider's own, and those of PassedOn that go together, but for rare ones.
const MaxFields = 8

// Fields sets fields of one line each, all in one array.
type Fields struct {
	Header http.Header
	lines  []string
}

// MakeFields returns Fields with the room given for their values.
func MakeFields(room []string) Fields {
	return Fields{Header: make(http.Header, MaxFields), lines: room[:0]}
}

// Set sets a field by its canonical name, unless the value is "".
func (f *Fields) Set(name, value string) {
	if value == "" {
		return
	}
	f.lines = append(f.lines, value)
	n := len(f.lines)
	f.Header[name] = f.lines[n-1 : n : n]
}
