package wrapper

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// URL returns the resource at an http or https URL, read by the given client: its redirects, proxies,
// time limits and the addresses it may connect to are the client's to decide. A nil client is [Client] of
// no options: public addresses alone, on ports 80 and 443, and no redirects. Ranges and conditions are passed on,
// nothing else of a request is. The file is named by the last element of the URL's path, or by the
// host. A URL that cannot be requested makes every use of the file fail with fs.ErrInvalid.
//
// The remote's 404 and 410 are fs.ErrNotExist; any other answer that is not content is a *UpstreamError. Of its
// header only what describes the content is read, and nothing is passed on unread.
func URL(c *http.Client, rawURL string) *File {
	u, err := parseURL(rawURL)
	if err != nil {
		return New("", invalidSource{err})
	}
	if c == nil {
		c = guarded()
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		name = u.Hostname()
	}
	l := &linked{client: c, url: u.String()}
	l.remote = remote{trips: l}
	return New(name, l)
}

// linked is a resource at a URL.
type linked struct {
	remote
	client *http.Client
	url    string
}

func (l *linked) send(ctx context.Context, method, _ string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, l.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	if h != nil {
		req.Header = h
	}
	req.Header.Set("Accept-Encoding", "identity") // content as it is stored, never decoded on the way
	resp, err := l.client.Do(req)
	return resp, upstream.WithoutURL(err)
}

func (l *linked) lookup(ctx context.Context) (Info, error) { return l.Stat(ctx) }

// parseURL returns a URL that can be requested, and means the same when it is parsed again.
func parseURL(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("not a URL: %w", fs.ErrInvalid)
	}
	u.Fragment, u.RawFragment = "", ""
	if err := checkURL(u); err != nil {
		return nil, err
	}
	again, err := url.Parse(u.String())
	if err != nil || again.Host != u.Host || again.Path != u.Path || again.RawQuery != u.RawQuery || checkURL(again) != nil {
		return nil, fmt.Errorf("URL reads differently a second time: %w", fs.ErrInvalid)
	}
	return u, nil
}

// checkURL is what every URL that is requested has to be, a redirect's too. url.Parse has put the scheme
// into lower case.
func checkURL(u *url.URL) error {
	var broken string
	switch host := u.Hostname(); {
	case u.Scheme != "http" && u.Scheme != "https":
		broken = "scheme is neither http nor https"
	case u.User != nil:
		broken = "credentials in the URL"
	case u.Opaque != "" || host == "":
		broken = "no host in the URL"
	case strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '%' }):
		broken = "host is not in ASCII, or has a zone" // an internationalised name is written xn--…
	case looksLikeAddress(host):
		broken = "host is an address in a spelling that not everybody reads alike"
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		broken = "query is not escaped"
	default:
		return nil
	}
	return fmt.Errorf("%s: %w", broken, fs.ErrInvalid)
}

// looksLikeAddress reports whether a host is what some readers take for an IPv4 address, such as 127.1 or
// 0x7f000001: its last label is a number.
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
