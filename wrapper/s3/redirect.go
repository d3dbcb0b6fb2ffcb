package s3

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// target is where a store redirects a request to.
type target struct {
	base   url.URL // of the bucket, with a slash at its end
	query  url.Values
	region string // "" is the client's
}

// redirect sets the endpoint that a refused request is to be sent to, and reports whether it did. A request is redirected
// once.
func (s *store) redirect(r *request, e *upstream.APIError) bool {
	switch e.StatusCode {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return false
	}
	if r.to != nil {
		return false
	}
	to := s.locate(r.Key, e)
	if to == nil {
		return false
	}
	to.region = regionOf(e)
	r.to = to
	return true
}

// locate returns the target of a redirect, or nil if there is none that may be followed. The signature goes there: the
// scheme stays, and a host of another domain must be named by the store's own error.
func (s *store) locate(key string, e *upstream.APIError) *target {
	if s.base == nil {
		return nil
	}
	location, err := url.Parse(e.Header.Get("Location"))
	if err != nil {
		return nil
	}
	if !location.IsAbs() {
		return s.locateEndpoint(e)
	}
	path, ok := strings.CutSuffix(location.Path, key)
	switch {
	case !ok || !strings.HasSuffix(path, "/") || location.Host == "" || location.User != nil:
		return nil
	case location.Scheme != s.base.Scheme && location.Scheme != "https":
		return nil
	case e.Refusal.Kind != upstream.Moved && !sameDomain(location.Hostname(), s.base.Hostname()):
		return nil
	}
	host := withoutDefaultPort(location.Scheme, location.Host)
	return &target{base: url.URL{Scheme: location.Scheme, Host: host, Path: path}, query: location.Query()}
}

// locateEndpoint returns the target of an error that names an endpoint alone.
func (s *store) locateEndpoint(e *upstream.APIError) *target {
	if e.Endpoint == "" || e.Refusal.Kind != upstream.Moved || e.Endpoint == s.base.Host {
		return nil
	}
	path := "/"
	if !strings.HasPrefix(e.Endpoint, s.bucket+".") {
		path = "/" + s.bucket + "/"
	}
	return &target{base: url.URL{Scheme: s.base.Scheme, Host: e.Endpoint, Path: path}}
}

// sameDomain reports whether two hosts are equal, or share a domain of at least two labels. Where the second label is as
// short as in co.uk, it takes three.
func sameDomain(a, b string) bool {
	if a == b {
		return true
	}
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	shared := 0
	for shared < len(x) && shared < len(y) && x[len(x)-1-shared] == y[len(y)-1-shared] {
		shared++
	}
	if shared < 2 || looksLikeAddress(a) || looksLikeAddress(b) {
		return false
	}
	return shared > 2 || len(x[len(x)-2]) > 3
}

func looksLikeAddress(host string) bool {
	return strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":")
}
