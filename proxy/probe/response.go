package probe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// response is the part of a response that the checks need.
type response struct {
	status int
	header http.Header
	body   string
}

// offload returns the name of the field that offloads the download to a proxy, or "".
func (a *response) offload() string {
	for _, name := range []string{"X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File"} {
		if a.header.Get(name) != "" {
			return name
		}
	}
	return ""
}

// maxBody is how many bytes of a body are read.
const maxBody = 4096

func (r *run) get(ctx context.Context, rawURL string, fields http.Header) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, http.NoBody)
	if err != nil {
		return nil, err
	}
	for name, values := range fields {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, io.LimitReader(resp.Body, maxBody)); err != nil {
		return nil, err
	}
	return &response{resp.StatusCode, resp.Header, b.String()}, nil
}

// follow requests the target of a redirect. Its errors have the host only: the URL holds a signature.
func (r *run) follow(ctx context.Context, location string) (*response, error) {
	a, err := r.get(ctx, location, nil)
	if err == nil {
		return a, nil
	}
	host := "not a URL"
	if u, bad := url.Parse(location); bad == nil {
		host = u.Host
	}
	return nil, errors.New(host)
}

// escaped is a key as the path of a URL.
func escaped(key string) string { return (&url.URL{Path: key}).EscapedPath() }
