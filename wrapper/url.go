package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
)

// URL returns the resource at an http or https URL, read by the given client: its redirects, proxies,
// time limits and the addresses it may connect to are the client's to decide, so give it one that is
// made for the purpose. Ranges and conditions are passed on, nothing else of a request is. The file is
// named by the last element of the URL's path, or by the host. A URL that cannot be requested, or a
// nil client, makes every use of the file fail with fs.ErrInvalid.
//
// The remote's 404 and 410 are fs.ErrNotExist; any other answer that is not content is a *StatusError.
func URL(c *http.Client, rawURL string) *File {
	u, err := parseURL(c, rawURL)
	if err != nil {
		return New("", invalidSource{err})
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
	h.Set("Accept-Encoding", "identity") // content as it is stored, never decoded on the way
	req.Header = h
	resp, err := l.client.Do(req)
	return resp, withoutURL(err)
}

func (l *linked) lookup(ctx context.Context) (Info, error) { return l.Stat(ctx) }

func parseURL(c *http.Client, rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	switch {
	case c == nil:
		return nil, fmt.Errorf("no client is given to read it by: %w", fs.ErrInvalid)
	case err != nil:
		return nil, fmt.Errorf("not a URL: %w", fs.ErrInvalid)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("scheme %q is neither http nor https: %w", u.Scheme, fs.ErrInvalid)
	case u.Host == "":
		return nil, fmt.Errorf("no host in the URL: %w", fs.ErrInvalid)
	case u.User != nil:
		return nil, errors.Join(errors.New("credentials in the URL"), fs.ErrInvalid)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
