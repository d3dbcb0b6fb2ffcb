package azure

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// serviceVersion is the version of the service's protocol that requests are made in: one that has been there for long,
// and whose reads are those of today.
const serviceVersion = "2021-12-02"

// pipe is the lane that signs here and sends by a plain HTTP transport.
type pipe struct {
	base      url.URL // of the container and the prefix in it; the query is a shared access signature
	account   *account
	clock     upstream.Clock
	transport *http.Transport
}

// openPipe fails where nobody but the SDK knows whose requests they are.
func openPipe(containerURL string, opened *url.URL) (*pipe, error) {
	if opened == nil {
		return nil, errors.New("it was not opened by wrapper.OpenBucket")
	}
	if opened.Query().Has("key") {
		return nil, errors.New("it is a bucket of one key")
	}
	prefix := opened.Query().Get("prefix")
	if !plain(prefix + "x") {
		return nil, errors.New("its prefix has rare characters")
	}
	base, err := url.Parse(containerURL)
	if err != nil {
		return nil, errors.New("the container's URL is not one")
	}
	base.Path = strings.TrimSuffix(base.Path, "/") + "/" + prefix
	base.RawPath = ""
	a, err := environment()
	if err != nil {
		return nil, err
	}
	if (a == nil) == (base.RawQuery == "") {
		return nil, errors.New("there is not one of an account key and a shared access signature")
	}
	return &pipe{
		base: *base, account: a, transport: upstream.NewTransport(),
		clock: upstream.Clock{Store: "Azure", Layout: http.TimeFormat},
	}, nil
}

// send makes one request, and a second one only where the first was refused because of the clock.
func (p *pipe) send(ctx context.Context, method, key string, fields http.Header) (*http.Response, error) {
	signed := p.clock.Offset()
	resp, err := p.try(ctx, method, key, fields)
	if err != nil || resp.StatusCode != http.StatusForbidden || p.account == nil || !p.clock.Corrected(resp, signed) {
		return resp, err
	}
	upstream.ReadRefusal(resp)
	return p.try(ctx, method, key, fields)
}

func (p *pipe) try(ctx context.Context, method, key string, fields http.Header) (*http.Response, error) {
	r := &upstream.Request{Method: method, URL: p.base}
	r.URL.Path += key
	date := p.clock.Date()
	r.Set("Accept-Encoding", "identity") // as it is stored
	r.Set("X-Ms-Date", date)
	r.Set("X-Ms-Version", serviceVersion)
	r.PassOn(fields)
	if p.account != nil {
		r.Set("Authorization", p.account.authorization(&signed{
			method: method, path: r.URL.EscapedPath(), date: date, field: r.Get,
		}))
	}
	return r.Send(ctx, p.transport.RoundTrip)
}
