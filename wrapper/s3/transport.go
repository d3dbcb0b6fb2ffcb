package s3

import (
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// doer sends a request.
type doer func(*http.Request) (*http.Response, error)

// sender returns the function that sends requests, and its transport if it is not the client's. For the SDK's own HTTP
// client it is a copy of that one's transport, proxy and TLS included, with a server's limits. Any other client is
// used as it is, but follows no redirect, since a signature is for one host.
func sender(c s3.HTTPClient) (send doer, own *http.Transport) {
	switch c := c.(type) {
	case *awshttp.BuildableClient:
		t := c.GetTransport()
		upstream.Tune(t)
		if timeout := c.GetTimeout(); timeout > 0 {
			return (&http.Client{Transport: t, Timeout: timeout, CheckRedirect: noRedirect}).Do, t
		}
		return t.RoundTrip, t
	case *http.Client:
		copied := *c
		copied.CheckRedirect = noRedirect
		return copied.Do, nil
	default:
		return c.Do, nil
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
