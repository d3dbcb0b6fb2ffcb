package azure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"weak"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// sdk is the route of requests that the bucket makes, which has the credentials and escapes and prefixes keys. It
// captures the response.
type sdk struct{ bucket weak.Pointer[blob.Bucket] }

func (s *sdk) send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	if version != "" && upstream.Field(h, "If-Match") == "" {
		return nil, errVersion
	}
	b := s.bucket.Value()
	if b == nil {
		return nil, errClosed
	}
	var resp *http.Response
	ctx = policy.WithCaptureResponse(ctx, &resp)
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})        // the caller retries
	ctx = policy.WithHTTPHeader(ctx, http.Header{"Accept-Encoding": {"identity"}}) // as it is stored
	if method == http.MethodHead {
		err := recovered(func() error {
			_, err := b.Attributes(ctx, key)
			return err
		})
		return captured(resp, err)
	}
	r, err := read(ctx, b, key, h)
	resp, err = captured(resp, err)
	if r != nil && resp != nil {
		resp.Body = &body{resp.Body, r}
	}
	return resp, err
}

// errVersion is the error of a request that no entity-tag restricts to its version.
var errVersion = fmt.Errorf("a version through the SDK: %w", errors.ErrUnsupported)

// body is the body of a response, closed with Go CDK's reader of it.
type body struct {
	io.Reader
	io.Closer
}

// recovered makes a panic an error. azureblob has one on a response without the fields of a blob, such as a 304, which the
// SDK takes for a success.
func recovered(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errNoContent
		}
	}()
	return call()
}

// read opens an object, whose body is the captured response's.
func read(ctx context.Context, b *blob.Bucket, key string, h http.Header) (r *blob.Reader, err error) {
	opts, err := options(h)
	if err != nil {
		return nil, err
	}
	err = recovered(func() (err error) {
		r, err = b.NewRangeReader(ctx, key, 0, -1, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
			var o *azblob.DownloadStreamOptions
			if !as(&o) {
				return errors.ErrUnsupported
			}
			o.Range, o.AccessConditions = opts.Range, opts.AccessConditions
			return nil
		}})
		return err
	})
	return r, err
}

// errNoContent is the error of a response that azureblob cannot read. The captured response has the cause.
var errNoContent = errors.New("a response without content")

// captured returns the service's response, also if the SDK returns an error for it.
func captured(resp *http.Response, err error) (*http.Response, error) {
	if re, ok := errors.AsType[*azcore.ResponseError](err); ok && re.RawResponse != nil {
		return re.RawResponse, nil
	}
	if resp != nil && (err == nil || errors.Is(err, errNoContent)) {
		return resp, nil
	}
	if err == nil {
		err = errNoContent
	}
	return nil, upstream.WithoutURL(err) // which may have a signature
}
