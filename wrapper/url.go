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

// URL returns the resource at an http or https URL, requested with the given client. The client decides about redirects,
// proxies, timeouts and permitted addresses. A nil client is [NewGuardedClient] without options: public addresses only, on
// ports 80 and 443, and no redirects. Only the range and the preconditions of a client's request are forwarded. The file's
// name is the last element of the URL's path, or the host. Every use of an invalid URL fails with fs.ErrInvalid.
//
// A 404 or 410 from the server is fs.ErrNotExist. Any other response without content is a [*UpstreamError]. Only metadata
// is read from the response's header; no field is copied to the client.
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
	s := &urlSource{client: c, url: u.String()}
	s.remote = remote{sender: s}
	return New(name, s)
}

// MaxSize returns the limit of the content's size in bytes, decoded content included, or 0 if there is none. It is the
// ClientOptions.MaxSize of the file's client.
func (f *File) MaxSize() int64 {
	if s, ok := f.src.(*urlSource); ok {
		if g, guarded := s.client.Transport.(*guard); guarded {
			return g.maxSize
		}
	}
	return 0
}

// urlSource is a resource at a URL.
type urlSource struct {
	remote
	client *http.Client
	url    string
}

func (s *urlSource) send(ctx context.Context, method, _ string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	if h != nil {
		req.Header = h
	}
	req.Header.Set("Accept-Encoding", "identity") // as stored: the transport must not decode
	resp, err := s.client.Do(req)
	return resp, upstream.WithoutURL(err)
}

func (s *urlSource) canSend(http.Header) bool { return true }

func (s *urlSource) describe(*http.Response, *Info) {}

// parseURL returns a URL that can be requested and that does not change when it is parsed again.
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
		return nil, fmt.Errorf("URL is ambiguous: parsing it twice gives two results: %w", fs.ErrInvalid)
	}
	return u, nil
}

// checkURL returns an error for a URL that must not be requested. Redirects are checked too. url.Parse has converted the
// scheme to lower case.
func checkURL(u *url.URL) error {
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
