package upstream

import (
	"context"
	"net/http"
	"net/url"
)

// maxFields is how many fields a request has room for: a provider's own, and those of passedOn that go together. A
// rare one more is allocated by itself.
const maxFields = 8

// Request is one request for an object, with room for what net/http allocates piece by piece.
type Request struct {
	Method string
	URL    url.URL

	header http.Header
	lines  [maxFields]string
	used   int
}

// Set sets a field by its canonical name, unless the value is "".
func (r *Request) Set(name, value string) {
	if value == "" {
		return
	}
	if r.header == nil {
		r.header = make(http.Header, maxFields)
	}
	if r.used == maxFields {
		r.header[name] = []string{value}
		return
	}
	r.lines[r.used] = value
	r.used++
	r.header[name] = r.lines[r.used-1 : r.used : r.used]
}

// Get returns the value that Set gave to a field, or "".
func (r *Request) Get(name string) string {
	if v := r.header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Send makes the request. Its errors have no URL in them.
func (r *Request) Send(ctx context.Context, do func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	req := &http.Request{
		Method: r.Method, URL: &r.URL, Host: r.URL.Host, Header: r.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	resp, err := do(req.WithContext(ctx))
	if err != nil {
		return nil, WithoutURL(err)
	}
	return resp, nil
}
