package proxy

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// signedURL is a URL that passed the checks and may be sent.
type signedURL struct {
	location []string // the URL, as the value of a header field
	expires  time.Time
	info     *wrapper.Info // metadata that was looked up for it; nil if none was
}

// withInfo returns a copy that carries metadata; the cached URL carries none.
func (s *signedURL) withInfo(info *wrapper.Info) *signedURL {
	if info == nil {
		return s
	}
	c := *s
	c.info = info
	return &c
}

// margin is how much earlier than the signature a cached redirect expires: clocks differ.
const margin = 5 * time.Second

var (
	errNotURL     = errors.New("proxy: signed URL: not a URL")
	errCharacter  = errors.New("proxy: signed URL: a character is not escaped")
	errNotPlain   = errors.New("proxy: signed URL: not a plain absolute URL")
	errShortLived = errors.New("proxy: signed URL: expires at once; the credentials may be about to expire")
)

// parseSafe parses a signed URL and rejects one that a client could read as a URL of another host. It accepts an
// absolute URL in visible ASCII with a plain host, which must be one of hosts unless hosts is nil. Errors hold no part
// of the URL but its scheme and host: the rest is a credential.
func parseSafe(signed string, hosts []string, allowHTTP bool) (*url.URL, error) {
	if strings.ContainsFunc(signed, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' || r == '"' || r == '<' || r == '>' }) {
		return nil, errCharacter
	}
	u, err := url.Parse(signed)
	switch {
	case err != nil:
		return nil, errNotURL
	case u.Scheme != "https" && (u.Scheme != "http" || !allowHTTP):
		return nil, fmt.Errorf("proxy: signed URL: scheme %q; want https, or set AllowHTTP for http", u.Scheme)
	case u.Opaque != "" || u.User != nil || u.Fragment != "" || !validHost(u.Host) || !strings.HasPrefix(signed, u.Scheme+"://"+u.Host+"/"):
		return nil, errNotPlain
	case hosts != nil && !slices.Contains(hosts, u.Host):
		return nil, fmt.Errorf("proxy: signed URL: host %q is not in Hosts", u.Host)
	}
	return u, nil
}

// validHost accepts a host name or an IP address, with or without a port.
func validHost(host string) bool {
	u, err := url.Parse("https://" + host + "/")
	return err == nil && host != "" && u.Host == host && u.User == nil && u.Hostname() != "" && !strings.ContainsAny(host, `\%/?#@ `)
}

func validateHosts(of string, hosts []string) error {
	for _, h := range hosts {
		if !validHost(h) {
			return fault(of+".Hosts", "%q is not a host; want one like bucket.s3.amazonaws.com or 127.0.0.1:9000", h)
		}
	}
	return nil
}

// expiryOf returns when a signed URL expires, from the query parameters of S3, Google Cloud Storage, Azure and
// CloudFront. It reports false if the URL has none of them.
func expiryOf(u *url.URL) (time.Time, bool) {
	q := u.Query()
	for _, vendor := range []string{"X-Amz-", "X-Goog-"} {
		at, err := time.Parse("20060102T150405Z", q.Get(vendor+"Date"))
		seconds, bad := strconv.ParseInt(q.Get(vendor+"Expires"), 10, 32)
		if err == nil && bad == nil {
			return at.Add(time.Duration(seconds) * time.Second), true
		}
	}
	if t, err := time.Parse(time.RFC3339, q.Get("se")); err == nil {
		return t, true
	}
	if seconds, err := strconv.ParseInt(q.Get("Expires"), 10, 64); err == nil {
		return time.Unix(seconds, 0), true
	}
	return time.Time{}, false
}
