package gcs

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// direct is the route of requests to the XML API that bear a token and are sent by an HTTP transport.
type direct struct {
	base      url.URL // of the bucket, with a slash at its end
	auth      *credentials
	transport *http.Transport
}

func newDirect(a *account, auth *credentials) *direct {
	return &direct{base: a.base, auth: auth, transport: upstream.NewTransport()}
}

func (d *direct) canSend(http.Header) bool { return true }
func (d *direct) closeIdle()               { d.transport.CloseIdleConnections() }

func (d *direct) send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	authorization, err := d.auth.field(ctx)
	if err != nil {
		return nil, err
	}
	r := upstream.NewRequest(ctx, method, &d.base)
	r.URL.Path += key
	r.URL.RawPath = d.base.Path + url.PathEscape(key)
	if version != "" {
		r.URL.RawQuery = "generation=" + url.QueryEscape(version)
	}
	r.Set("Accept-Encoding", "gzip") // or the service decompresses what is stored compressed
	r.Set("Authorization", authorization)
	r.PassOn(h)
	return r.Send(d.transport.RoundTrip)
}
