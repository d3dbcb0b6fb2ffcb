package guard

import (
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"strings"
)

// ParseURL returns a URL that can be requested and that does not change when it is parsed again.
func ParseURL(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("not a URL: %w", fs.ErrInvalid)
	}
	u.Fragment, u.RawFragment = "", ""
	if err := CheckURL(u); err != nil {
		return nil, err
	}
	again, err := url.Parse(u.String())
	if err != nil || again.Host != u.Host || again.Path != u.Path || again.RawQuery != u.RawQuery || CheckURL(again) != nil {
		return nil, fmt.Errorf("URL is ambiguous: parsing it twice gives two results: %w", fs.ErrInvalid)
	}
	return u, nil
}

// CheckURL returns an error for a URL that must not be requested. Redirects are checked too. url.Parse has converted the
// scheme to lower case.
func CheckURL(u *url.URL) error {
	var problem string
	switch host := u.Hostname(); {
	case u.Scheme != "http" && u.Scheme != "https":
		problem = "scheme is neither http nor https"
	case u.User != nil:
		problem = "credentials in the URL"
	case u.Opaque != "" || host == "":
		problem = "no host in the URL"
	case strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '%' }):
		problem = "host is not in ASCII, or has a zone" // an internationalised name is written xn--…
	case looksLikeAddress(host):
		problem = "host is an IPv4 address in an ambiguous notation"
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		problem = "query is not escaped"
	default:
		return nil
	}
	return fmt.Errorf("%s: %w", problem, fs.ErrInvalid)
}

// looksLikeAddress reports whether some resolvers parse a host as an IPv4 address, such as 127.1 or 0x7f000001: its last
// label is a number.
func looksLikeAddress(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}
