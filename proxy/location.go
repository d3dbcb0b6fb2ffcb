package proxy

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// safe parses a signed URL and refuses one that a client could read as leading elsewhere: only an absolute
// URL with a plain host, of those that are allowed, and nothing but visible ASCII.
func (p *Presign) safe(signed string) (*url.URL, error) {
	if strings.ContainsFunc(signed, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' || r == '"' || r == '<' || r == '>' }) {
		return nil, errors.New("presign: the URL has a character that must be escaped")
	}
	u, err := url.Parse(signed)
	switch {
	case err != nil:
		return nil, errors.New("presign: the storage signed something that is not a URL")
	case u.Scheme != "https" && (u.Scheme != "http" || !p.AllowHTTP):
		return nil, fmt.Errorf("presign: scheme %q is not allowed (https, or http with AllowHTTP)", u.Scheme)
	case u.Opaque != "" || u.User != nil || u.Fragment != "" || !validHost(u.Host) || !strings.HasPrefix(signed, u.Scheme+"://"+u.Host+"/"):
		return nil, errors.New("presign: the URL is not a plain absolute one")
	case p.Hosts != nil && !slices.Contains(p.Hosts, u.Host):
		return nil, fmt.Errorf("presign: host %q is not among Hosts", u.Host)
	}
	return u, nil
}

// validHost accepts a name or an address, with a port or without.
func validHost(host string) bool {
	u, err := url.Parse("https://" + host + "/")
	return err == nil && host != "" && u.Host == host && u.User == nil && u.Hostname() != "" && !strings.ContainsAny(host, `\%/?#@ `)
}

// expiryOf reads from a signed URL when it expires, in the parameters that S3, Google Cloud Storage, Azure and
// CloudFront use. It reports false where none of them is there.
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

// keptFor is a Cache-Control that lets nobody use content longer than d without asking, after which its URL is gone.
// What names no time at all would be kept for as long as a cache thinks fit (RFC 9111 section 4.2.2), and the two
// stale- directives (RFC 5861) let it be used after its time. A d below a second lets nobody use it without asking.
func keptFor(cacheControl string, d time.Duration) string {
	limit := int64(d / time.Second)
	var parts []string
	bounded := false
	for part := range strings.SplitSeq(cacheControl, ",") {
		part = strings.TrimSpace(part)
		name, value, _ := strings.Cut(part, "=")
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case part == "", name == "stale-while-revalidate", name == "stale-if-error":
			continue
		case name != "max-age" && name != "s-maxage":
			bounded = bounded || strings.EqualFold(part, "no-store") || strings.EqualFold(part, "no-cache")
		case limit < 1:
			continue
		default:
			bounded = bounded || name == "max-age"
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64); err != nil || n > limit {
				part = name + "=" + strconv.FormatInt(limit, 10)
			}
		}
		parts = append(parts, part)
	}
	if !bounded && limit < 1 {
		parts = append(parts, "no-cache")
	} else if !bounded {
		parts = append(parts, "max-age="+strconv.FormatInt(limit, 10))
	}
	return strings.Join(parts, ", ")
}
