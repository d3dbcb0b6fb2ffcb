package s3

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// sdk is the lane of a client that does more to its requests than the pipe can.
type sdk struct {
	client *s3.Client
	store  *store
}

func (l *sdk) send(ctx context.Context, r *request) (*http.Response, error) {
	c := &answer{}
	content, err := l.call(ctx, r, c)
	resp := c.resp
	switch {
	case resp == nil:
		return nil, upstream.WithoutURL(err)
	case err == nil:
		if content != nil {
			resp.Body = content
		}
		return resp, nil
	case resp.StatusCode < 300: // an answer that the SDK does not understand
		_ = resp.Body.Close()
		return nil, upstream.WithoutURL(err)
	default:
		return resp, nil
	}
}

// call returns the content that the SDK hands out, whose checksum it verifies.
func (l *sdk) call(ctx context.Context, r *request, c *answer) (io.ReadCloser, error) {
	once := func(o *s3.Options) {
		o.Retryer = aws.NopRetryer{} // the caller repeats
		o.DisableLogOutputChecksumValidationSkipped = true
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(c, middleware.After)
		})
	}
	if r.method == http.MethodHead {
		_, err := l.client.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket:            &l.store.bucket,
			Key:               &r.key,
			VersionId:         optional(r.version),
			IfMatch:           optional(r.field("If-Match")),
			IfNoneMatch:       optional(r.field("If-None-Match")),
			IfModifiedSince:   optionalTime(r.field("If-Modified-Since")),
			IfUnmodifiedSince: optionalTime(r.field("If-Unmodified-Since")),
			Range:             optional(r.field("Range")),
			ChecksumMode:      l.checksumMode(r),
		}, once)
		return nil, err
	}
	out, err := l.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket:            &l.store.bucket,
		Key:               &r.key,
		VersionId:         optional(r.version),
		IfMatch:           optional(r.field("If-Match")),
		IfNoneMatch:       optional(r.field("If-None-Match")),
		IfModifiedSince:   optionalTime(r.field("If-Modified-Since")),
		IfUnmodifiedSince: optionalTime(r.field("If-Unmodified-Since")),
		Range:             optional(r.field("Range")),
		ChecksumMode:      l.checksumMode(r),
	}, once)
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

func (l *sdk) checksumMode(r *request) types.ChecksumMode {
	if l.store.wantsChecksum(r) {
		return types.ChecksumModeEnabled
	}
	return ""
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func optionalTime(field string) *time.Time {
	t, err := http.ParseTime(field)
	if err != nil {
		return nil
	}
	return &t
}

// errorLimit is how much of the body of an error is copied.
const errorLimit = 64 << 10

// answer is the middleware that keeps an answer as it came. The SDK reads the body of an error, and is
// given a copy.
type answer struct{ resp *http.Response }

func (*answer) ID() string { return "downloadviewAnswer" }

func (a *answer) HandleDeserialize(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	raw, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok || raw.Response == nil || raw.Body == nil {
		return out, metadata, err
	}
	kept := *raw.Response
	if kept.StatusCode >= 300 {
		var body bytes.Buffer
		_, _ = io.CopyN(&body, raw.Body, errorLimit)
		_ = raw.Body.Close()
		raw.Body = io.NopCloser(bytes.NewReader(body.Bytes()))
		kept.Body = io.NopCloser(bytes.NewReader(body.Bytes()))
	}
	a.resp = &kept
	return out, metadata, err
}
