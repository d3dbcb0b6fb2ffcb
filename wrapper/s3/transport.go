package s3

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	idleConnsPerHost = 256 // as many as a busy server wants, and no more than it had in use at once
	headerTimeout    = 30 * time.Second
	requestBuffer    = 2 << 10 // bytes a connection holds for what it sends, which is the head of a GET
)

// doer sends a request.
type doer func(*http.Request) (*http.Response, error)

// sender returns the function that sends requests. Where the client has the SDK's own HTTP client, it
// is a transport made from that one's, proxy and TLS included, with a server's limits; any other is used as
// it is, but follows no redirect, since a signature is for one host.
func sender(c s3.HTTPClient) doer {
	switch c := c.(type) {
	case *awshttp.BuildableClient:
		t := c.GetTransport()
		t.DisableCompression = true
		t.MaxIdleConns = 0
		t.WriteBufferSize = requestBuffer
		t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, idleConnsPerHost)
		if t.ResponseHeaderTimeout == 0 {
			t.ResponseHeaderTimeout = headerTimeout
		}
		if timeout := c.GetTimeout(); timeout > 0 {
			return (&http.Client{Transport: t, Timeout: timeout, CheckRedirect: noRedirect}).Do
		}
		return t.RoundTrip
	case *http.Client:
		own := *c
		own.CheckRedirect = noRedirect
		return own.Do
	default:
		return c.Do
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// withoutURL drops the URL that net/http puts into its errors.
func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}
