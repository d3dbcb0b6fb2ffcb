package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// http2 is an HTTP/2 connection without TLS, with prior knowledge (RFC 9113 section 3.3).
type http2 struct {
	host   string
	client *http.Client
}

func newHTTP2(host string, limit time.Duration) *http2 {
	var p http.Protocols
	p.SetUnencryptedHTTP2(true)
	return &http2{host: host, client: &http.Client{
		Transport:     &http.Transport{Protocols: &p, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       limit,
	}}
}

func (c *http2) close() { c.client.CloseIdleConnections() }

// oneHop are the connection-specific fields, which HTTP/2 forbids (RFC 9113 section 8.2.2), and the field that the
// client computes.
var oneHop = map[string]bool{"connection": true, "keep-alive": true, "transfer-encoding": true, "content-length": true}

func (c *http2) do(ctx context.Context, r *Request) (*Answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+c.host, strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if _, err := url.ParseRequestURI(r.Path); err != nil {
		// The client cannot read this body twice, so it does not retry a rejected request.
		req.Body, req.GetBody, req.ContentLength = io.NopCloser(strings.NewReader(r.Body)), nil, -1
	}
	req.URL = &url.URL{Scheme: "http", Host: c.host, Opaque: "//" + c.host + r.Path} // the path unchanged
	req.Header["User-Agent"] = nil
	for _, f := range r.Fields {
		if !oneHop[strings.ToLower(f[0])] {
			req.Header.Add(f[0], f[1])
		}
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return refusedStream(r.Method, err)
	}
	defer resp.Body.Close()
	a := &Answer{Method: r.Method, Status: resp.StatusCode}
	for name, values := range resp.Header {
		for _, v := range values {
			a.Fields = append(a.Fields, [2]string{name, v})
		}
	}
	if a.Body, err = readAll(resp.Body, maxBody); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	if resp.ProtoMajor != 2 {
		return nil, fmt.Errorf("answered by %s", resp.Proto)
	}
	return a, nil
}

// refusedStream maps the stream error of a malformed HTTP/2 request (RFC 9113 section 8.1.1) to the status of
// HTTP/1.
func refusedStream(method string, err error) (*Answer, error) {
	if ue, ok := errors.AsType[*url.Error](err); ok && strings.Contains(ue.Err.Error(), "PROTOCOL_ERROR; received from peer") {
		return &Answer{Method: method, Status: http.StatusBadRequest}, nil
	}
	return nil, err
}
