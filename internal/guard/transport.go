package guard

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// ErrTooLarge is the error of a response that is larger than Options.MaxSize.
var ErrTooLarge = errors.New("upstream content is larger than the limit")

// Transport is the transport of a client. It checks every hop and every response.
type Transport struct {
	*http.Transport
	MaxSize int64 // of a body in bytes; 0 is no limit
}

// RoundTrip implements http.RoundTripper.
func (g *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := CheckURL(req.URL); err != nil {
		return nil, err
	}
	resp, err := g.Transport.RoundTrip(req)
	if err != nil || g.MaxSize <= 0 {
		return resp, err
	}
	size := resp.ContentLength
	if _, _, total, ok := fields.ContentRange(resp.Header.Get("Content-Range")); ok {
		size = max(size, total)
	}
	if size > g.MaxSize {
		_ = resp.Body.Close()
		return nil, ErrTooLarge
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: g.MaxSize}
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
