package azure

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// serviceVersion is the version of the service's protocol that requests have: an old one, whose reads are those of the
// latest.
const serviceVersion = "2021-12-02"

// direct is the route of requests that are signed here and sent by an HTTP transport.
type direct struct {
	root      string   // the path of the container
	base      url.URL  // of the container and the prefix in it; the query is a shared access signature
	account   *account // nil where the query is the signature
	clock     *upstream.Clock
	transport *http.Transport
}

// openDirect fails where only the SDK has the credentials.
func openDirect(containerURL string, opened *url.URL, e *environment) (*direct, error) {
	if opened == nil {
		return nil, errors.New("it was not opened with wrapper.OpenBucket")
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
		return nil, errors.New("the container's URL is invalid")
	}
	root := strings.TrimSuffix(base.Path, "/")
	base.Path = strings.TrimSuffix(base.Path, "/") + "/" + prefix
	base.RawPath = ""
	if e.err != nil {
		return nil, e.err
	}
	if e.sharedAccess == (base.RawQuery == "") {
		return nil, errors.New("either an account key or a shared access signature is needed, not both")
	}
	return &direct{root: root, base: *base, account: e.account, transport: upstream.NewTransport()}, nil
}

func (d *direct) send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	r := upstream.NewRequest(ctx, method, &d.base)
	r.URL.Path += key
	if version != "" {
		r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&versionid="+url.QueryEscape(version), "&")
	}
	r.Set("Accept-Encoding", "identity") // as it is stored
	r.Set("X-Ms-Date", d.clock.Date())
	r.Set("X-Ms-Version", serviceVersion)
	r.PassOn(h)
	if d.account != nil {
		r.Set("Authorization", d.account.authorization(r, version))
	}
	return r.Send(d.transport.RoundTrip)
}
