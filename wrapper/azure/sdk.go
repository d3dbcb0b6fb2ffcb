package azure

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// throughSDK makes a request by the bucket, which knows how keys are escaped and prefixed and whose requests they are,
// with the answer caught on its way.
func (s *store) throughSDK(ctx context.Context, method, key string, h http.Header) (*http.Response, error) {
	b := s.bucket.Value()
	if b == nil {
		return nil, errClosed
	}
	var resp *http.Response
	ctx = policy.WithCaptureResponse(ctx, &resp)
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})        // the caller repeats
	ctx = policy.WithHTTPHeader(ctx, http.Header{"Accept-Encoding": {"identity"}}) // as it is stored
	if method == http.MethodHead {
		_, err := b.Attributes(ctx, key)
		return answer(resp, err)
	}
	r, err := read(ctx, b, key, h)
	resp, err = answer(resp, err)
	if r != nil && resp != nil {
		resp.Body = &body{resp.Body, r}
	}
	return resp, err
}

// body is the body of an answer, closed by the reader that Go CDK keeps for it.
type body struct {
	io.Reader
	io.Closer
}

// read opens an object, whose body is that of the captured answer. azureblob does not know that the SDK
// takes a 304 for a success: it dereferences fields that are not there.
func read(ctx context.Context, b *blob.Bucket, key string, h http.Header) (r *blob.Reader, err error) {
	opts, err := options(h)
	if err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil {
			err = errNoContent
		}
	}()
	r, err = b.NewRangeReader(ctx, key, 0, -1, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
		var o *azblob.DownloadStreamOptions
		if !as(&o) {
			return errors.ErrUnsupported
		}
		o.Range, o.AccessConditions = opts.Range, opts.AccessConditions
		return nil
	}})
	return r, err
}

// errNoContent says that an answer was not what azureblob can read; the answer itself tells more.
var errNoContent = errors.New("an answer without content")

// answer returns what the service said, whatever the SDK thinks of it.
func answer(resp *http.Response, err error) (*http.Response, error) {
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
