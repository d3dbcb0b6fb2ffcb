package conformance

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

// exchangeTime is the time limit of one case.
const exchangeTime = 15 * time.Second

// Target is a server under test. It is safe for concurrent use.
type Target struct {
	Host  string // "127.0.0.1:8080"
	HTTP2 bool   // use HTTP/2 without TLS, also for the cases about HTTP/1
	Files string // path of the cases' files, with a slash at its end; "" means "/files/"

	mu    sync.Mutex
	plain map[string]*Answer
}

// Play plays a case and returns the faults of the response. It returns none if the case passes.
func (t *Target) Play(ctx context.Context, c *Case) []string {
	ctx, cancel := context.WithTimeout(ctx, exchangeTime)
	defer cancel()
	plain, err := t.plainAnswer(ctx, c)
	if err != nil {
		return []string{err.Error()}
	}
	if missing := unmet(c.Needs, plain); missing != "" {
		return []string{missing}
	}
	var requests []Request
	for _, r := range append(append([]Request(nil), c.Before...), c.Request) {
		filled := r
		filled.Path = t.path(r.Path)
		filled.Fields = nil
		for _, f := range r.Fields {
			value, err := fill(f[1], c.Resource, plain)
			if err != nil {
				return []string{err.Error()}
			}
			filled.Fields = append(filled.Fields, [2]string{f[0], value})
		}
		requests = append(requests, filled)
	}
	a, err := t.exchange(ctx, requests)
	if err != nil {
		return []string{"no well-formed answer: " + err.Error()}
	}
	return judge(c, &requests[len(requests)-1], a, plain)
}

// filesPath is the path of the files in the cases.
const filesPath = "/files/"

// path returns the target's path for a path of a case.
func (t *Target) path(p string) string {
	if rest, ok := strings.CutPrefix(p, filesPath); ok && t.Files != "" {
		return t.Files + rest
	}
	return p
}

// plainAnswer returns the response to a plain GET of the case's resource, or nil without a resource.
func (t *Target) plainAnswer(ctx context.Context, c *Case) (*Answer, error) {
	if c.Resource == nil {
		return nil, nil //nolint:nilnil // there is no resource
	}
	r := Request{Method: "GET", Path: t.path(filesPath + escape(c.Resource.Name)), Fields: c.Plain}
	key := fmt.Sprint(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.plain[key]; a != nil {
		return a, nil
	}
	a, err := t.exchange(ctx, []Request{r})
	if err == nil && a.Status != 200 {
		err = fmt.Errorf("answered %s", a)
	}
	if err != nil {
		return nil, fmt.Errorf("plain GET of %s: %w", c.Resource.Name, err)
	}
	if t.plain == nil {
		t.plain = map[string]*Answer{}
	}
	t.plain[key] = a
	return a, nil
}

// exchange sends requests over one connection and returns the last response. Framing faults of earlier responses
// count, too.
func (t *Target) exchange(ctx context.Context, requests []Request) (*Answer, error) {
	do, closeAll, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	var faults []string
	for i := range requests {
		a, err := do(&requests[i], i == len(requests)-1)
		if err != nil {
			return nil, err
		}
		faults = append(faults, a.Faults...)
		a.Faults = faults
		if i == len(requests)-1 {
			return a, nil
		}
	}
	return nil, fmt.Errorf("no request")
}

func (t *Target) connect(ctx context.Context) (do func(r *Request, last bool) (*Answer, error), closeAll func(), err error) {
	if t.HTTP2 {
		c := newHTTP2(t.Host, exchangeTime)
		return func(r *Request, _ bool) (*Answer, error) { return c.do(ctx, r) }, c.close, nil
	}
	c, err := dialHTTP1(ctx, t.Host, exchangeTime)
	if err != nil {
		return nil, nil, err
	}
	return c.do, c.close, nil
}

// escape returns a name as one path segment. It escapes every byte that is not unreserved (RFC 3986 section 2.3).
func escape(name string) string {
	const hex = "0123456789ABCDEF"
	var b []byte
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

// TargetOf returns the target at an http URL, which must have no path.
func TargetOf(base string) (*Target, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("conformance: %q is not an http URL of a server", base)
	}
	return &Target{Host: u.Host}, nil
}
