package s3

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithytime "github.com/aws/smithy-go/time"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/upstream"
)

// sdk is the route of a client that changes its requests.
type sdk struct {
	client    *s3.Client
	bucket    string
	base      *url.URL // nil where it is not known
	clock     *upstream.Clock
	do        doer
	transport *http.Transport // do's, unless it is the client's
}

func newSDK(ctx context.Context, client *s3.Client, bucket string, clock *upstream.Clock) *sdk {
	s := &sdk{client: client, bucket: bucket, clock: clock}
	s.do, s.transport = sender(client.Options().HTTPClient)
	if req, err := unsent(ctx, client, bucket, probe); err == nil {
		s.base = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host}
	}
	return s
}

// Do sends a request of the SDK. A redirect is not followed, since a signature is for one host.
func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func (s *sdk) send(ctx context.Context, method string, r *request) (*http.Response, error) {
	c := &capture{sdk: s, to: r.to, key: r.Key}
	get := getInput(s.bucket, r.Key, r.version, r.fields, r.checksum)
	var content io.ReadCloser
	var err error
	if method == http.MethodHead {
		_, err = s.client.HeadObject(ctx, headInput(get), c.once)
	} else {
		var out *s3.GetObjectOutput
		if out, err = s.client.GetObject(ctx, get, c.once); err == nil {
			content = out.Body // whose checksum the SDK verifies
		}
	}
	resp, err := c.response(err)
	if content != nil {
		resp.Body = content
	}
	return resp, err
}

func getInput(bucket, key, version string, h http.Header, checksum bool) *s3.GetObjectInput {
	in := &s3.GetObjectInput{
		Bucket:            &bucket,
		Key:               &key,
		VersionId:         upstream.Optional(version),
		IfMatch:           upstream.Optional(upstream.Field(h, "If-Match")),
		IfNoneMatch:       upstream.Optional(upstream.Field(h, "If-None-Match")),
		IfModifiedSince:   upstream.OptionalTime(upstream.Field(h, "If-Modified-Since")),
		IfUnmodifiedSince: upstream.OptionalTime(upstream.Field(h, "If-Unmodified-Since")),
		Range:             upstream.Optional(upstream.Field(h, "Range")),
	}
	if checksum {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	return in
}

// headInput is the same request with HEAD.
func headInput(get *s3.GetObjectInput) *s3.HeadObjectInput {
	return &s3.HeadObjectInput{
		Bucket: get.Bucket, Key: get.Key, VersionId: get.VersionId,
		IfMatch: get.IfMatch, IfNoneMatch: get.IfNoneMatch,
		IfModifiedSince: get.IfModifiedSince, IfUnmodifiedSince: get.IfUnmodifiedSince,
		Range: get.Range, ChecksumMode: get.ChecksumMode,
		ResponseContentDisposition: get.ResponseContentDisposition,
		ResponseContentType:        get.ResponseContentType,
		ResponseCacheControl:       get.ResponseCacheControl,
	}
}

// capture is the middleware that keeps a response as it came. The SDK reads a copy of an error's body.
type capture struct {
	sdk    *sdk
	to     *target // nil: the bucket's own endpoint
	key    string
	resp   *http.Response
	copies bool // the SDK reads a copy of every body
}

// reader limits how much of a body is copied, and the time.
func (c *capture) reader(body io.ReadCloser) *resume.Unwanted {
	if c.copies {
		return resume.NewList(body, listLimit)
	}
	return resume.NewUnwanted(body)
}

// once sets a call to one request that is signed by the store's clock, with the response captured.
func (c *capture) once(o *s3.Options) {
	o.Retryer = aws.NopRetryer{} // the caller retries
	o.DisableLogOutputChecksumValidationSkipped = true
	o.HTTPClient = c.sdk.do
	if c.to != nil && c.to.region != "" {
		o.Region = c.to.region
	}
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(c, middleware.After)
	}, func(stack *middleware.Stack) error {
		if m, ok := stack.Finalize.Get("Retry"); ok {
			if attempt, ok := m.(*retry.Attempt); ok {
				attempt.ClientSkew = &atomic.Int64{} // else the SDK signs by the Date of its last response
				attempt.ClientSkew.Store(c.sdk.clock.Offset())
			}
		}
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("downloadviewRequest", c.complete), "Signing", middleware.Before)
	})
}

// complete sets the target of a request.
func (c *capture) complete(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	r, ok := in.Request.(*smithyhttp.Request)
	if ok && c.to != nil {
		query := r.URL.Query()
		maps.Copy(query, c.to.query)
		u := c.to.base
		locate(&u, c.key)
		u.RawQuery = query.Encode()
		r.URL, r.Host = &u, u.Host
	}
	return next.HandleFinalize(ctx, in)
}

func (*capture) ID() string { return "downloadviewCapture" }

func (c *capture) HandleDeserialize(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	raw, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok || raw.Response == nil || raw.Body == nil {
		return out, metadata, err
	}
	kept := *raw.Response
	if kept.StatusCode >= 300 || c.copies {
		var body bytes.Buffer
		from := c.reader(raw.Body)
		_, _ = io.Copy(&body, from)
		_ = from.Close()
		raw.Body = io.NopCloser(bytes.NewReader(body.Bytes()))
		kept.Body = io.NopCloser(bytes.NewReader(body.Bytes()))
	}
	if _, err := smithytime.ParseHTTPDate(raw.Header.Get("Last-Modified")); err != nil { // the SDK would fail the whole response
		raw.Header = raw.Header.Clone()
		raw.Header.Del("Last-Modified")
	}
	c.resp = &kept
	return out, metadata, err
}
