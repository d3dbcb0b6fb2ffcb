package gcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// pipe is the lane that asks the XML API itself.
type pipe struct {
	*target
	auth      *credentials
	transport *http.Transport
}

func newPipe(t *target, auth *credentials) *pipe {
	return &pipe{target: t, auth: auth, transport: upstream.NewTransport()}
}

func (p *pipe) pushesDown(http.Header) bool { return true }
func (p *pipe) closeIdle()                  { p.transport.CloseIdleConnections() }

func (p *pipe) send(ctx context.Context, method, key, version string, fields http.Header) (*http.Response, error) {
	authorization, err := p.auth.field(ctx)
	if err != nil {
		return nil, err
	}
	r := &upstream.Request{Method: method, URL: p.base}
	r.URL.Path += key
	r.URL.RawPath = p.base.Path + url.PathEscape(key)
	if version != "" {
		r.URL.RawQuery = "generation=" + url.QueryEscape(version)
	}
	r.Set("Accept-Encoding", "gzip") // or the service decompresses what is stored compressed
	r.Set("Authorization", authorization)
	r.PassOn(fields)
	resp, err := r.Send(ctx, p.transport.RoundTrip)
	if err != nil {
		return nil, err
	}
	return p.judge(method, resp)
}

// judge returns an answer, or the refusal that it is, which no repetition changes.
func (p *pipe) judge(method string, resp *http.Response) (*http.Response, error) {
	switch status := resp.StatusCode; {
	case status == http.StatusOK, status == http.StatusPartialContent:
		if resp.Header.Get(generationField) == "" {
			_ = resp.Body.Close()
			return nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
		}
	case status >= 300 && status <= 404 && status != http.StatusNotModified:
		code := upstream.ReadRefusal(resp).Code
		if code == "" && method == http.MethodGet && resp.Header.Get("X-Guploader-Uploadid") == "" && status != http.StatusNotFound {
			return nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
		}
		return nil, &wrapper.UpstreamError{Status: status, Code: code, Hint: hint(p.bucket, code)}
	}
	return resp, nil
}

var errForeign = errors.New("not as Google Cloud Storage does: is it the endpoint of its XML API?")
