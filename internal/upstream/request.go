package upstream

import (
	"context"
	"net/http"
	"net/url"
)

// maxFields is how many fields a request has room for: a provider's own, and those of passedOn that go together. A
// rare further field costs an allocation.
const maxFields = 8

// Request is one request for an object. It is allocated together with the URL and the field values, which net/http
// would allocate one by one.
type Request struct {
	http.Request

	url   url.URL
	lines [maxFields]string
	used  int
}

// NewRequest returns a request whose URL is a copy of base, to be completed.
func NewRequest(ctx context.Context, method string, base *url.URL) *Request {
	r := new(Request)
	r.Init(ctx, method, base)
	return r
}

// Init makes a zero Request the one that NewRequest returns.
func (r *Request) Init(ctx context.Context, method string, base *url.URL) {
	r.url = *base
	r.Method, r.URL, r.Host, r.Header = method, &r.url, base.Host, make(http.Header, maxFields)
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.Request = *r.WithContext(ctx)
}

// Set sets a field by its canonical name, unless the value is "".
func (r *Request) Set(name, value string) {
	if value == "" {
		return
	}
	if r.used == maxFields {
		r.Header[name] = []string{value}
		return
	}
	r.lines[r.used] = value
	r.used++
	r.Header[name] = r.lines[r.used-1 : r.used : r.used]
}

// Get returns the value of a field by its canonical name, or "".
func (r *Request) Get(name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Send makes the request. Its errors have no URL in them.
func (r *Request) Send(do func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	resp, err := do(&r.Request)
	if err != nil {
		return nil, WithoutURL(err)
	}
	return resp, nil
}
