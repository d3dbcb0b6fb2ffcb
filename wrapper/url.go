package wrapper

import (
	"context"
	"net/http"
	"path"

	"github.com/go-downloadview/downloadview/internal/guard"
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
	u, err := guard.ParseURL(rawURL)
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
// ClientOptions.MaxSize of the client that fetched the content.
func (r *Response) MaxSize() int64 { return r.maxSize }

// maxSize returns the MaxSize of a response of the file's own source.
func (f *File) maxSize() int64 {
	switch s := f.src.(type) {
	case *urlSource:
		if t, guarded := s.client.Transport.(*guard.Transport); guarded {
			return t.MaxSize
		}
	case *materializedSource: // the stored content is that of the generator
		return s.made.maxSize()
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
