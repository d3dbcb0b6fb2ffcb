package blobdownload

import (
	"errors"
	"net/url"
	"strings"
)

// setPlace sets the URL that tokens are appended to, and the path and host that requests must have.
func (s *Signer) setPlace() error {
	o := &s.opts
	u, err := url.Parse(o.URL)
	if err != nil {
		return errors.New("signer: URL: not a URL")
	}
	absolute := (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
	rooted := u.Scheme == "" && u.Host == "" && strings.HasPrefix(o.URL, "/")
	if !absolute && !rooted || u.User != nil || strings.ContainsAny(o.URL, "?#\\") {
		return errors.New("signer: URL: must be absolute, or a rooted path, without credentials, query and fragment")
	}
	if o.SameHost && !absolute {
		return errors.New("signer: SameHost: needs an absolute URL")
	}
	s.base, s.path = withSlash(o.URL), withSlash(u.EscapedPath())
	s.host = s.withoutPort(u.Host)
	if o.Path == "" {
		return nil
	}
	p, err := url.Parse(o.Path)
	if err != nil || !strings.HasPrefix(o.Path, "/") || p.Host != "" || strings.ContainsAny(o.Path, "?#\\") {
		return errors.New("signer: Path: must be a rooted path, without query and fragment")
	}
	s.path = withSlash(p.EscapedPath())
	return nil
}

// withoutPort returns a host without the default port of the signer's URL, which a client may leave out (RFC 9110 section
// 4.2.3).
func (s *Signer) withoutPort(host string) string {
	port := ":443"
	if s.insecure() {
		port = ":80"
	}
	return strings.TrimSuffix(host, port)
}

func withSlash(s string) string { return strings.TrimSuffix(s, "/") + "/" }
