package wrapper

import (
	"errors"
	"io"
	"net/http"
)

// ErrTooLarge is the error of content that is larger than a limit, such as ClientOptions.MaxSize.
var ErrTooLarge = errors.New("upstream content is larger than the limit")

// guard is the transport of a guarded client. It checks every hop and every response.
type guard struct {
	*http.Transport
	maxSize int64
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkURL(req.URL); err != nil {
		return nil, err
	}
	resp, err := g.Transport.RoundTrip(req)
	if err != nil || g.maxSize <= 0 {
		return resp, err
	}
	size := resp.ContentLength
	if _, total, err := parseContentRange(resp.Header.Get("Content-Range")); err == nil {
		size = max(size, total)
	}
	if size > g.maxSize {
		_ = resp.Body.Close()
		return nil, ErrTooLarge
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: g.maxSize}
	return resp, nil
}

// limitedBody fails if the body is longer than the limit.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than the limit, to distinguish it from the end
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
