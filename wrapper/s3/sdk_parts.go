package s3

import (
	"context"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

func (s *sdk) sendPart(ctx context.Context, r *request, number int) (*http.Response, error) {
	c := &capture{sdk: s, to: r.to, key: r.Key}
	_, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &s.bucket, Key: &r.Key, VersionId: upstream.Optional(r.version),
		IfMatch: upstream.Optional(upstream.Field(r.fields, "If-Match")), PartNumber: aws.Int32(int32(number)),
	}, c.once)
	return c.header(err)
}

func (s *sdk) sendParts(ctx context.Context, r *request, after int) (*http.Response, error) {
	c := &capture{sdk: s, to: r.to, key: r.Key, copies: true}
	in := &s3.GetObjectAttributesInput{
		Bucket: &s.bucket, Key: &r.Key, VersionId: upstream.Optional(r.version), MaxParts: aws.Int32(1000),
		ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag, types.ObjectAttributesObjectParts},
	}
	if after > 0 {
		in.PartNumberMarker = aws.String(strconv.Itoa(after))
	}
	_, err := s.client.GetObjectAttributes(ctx, in, c.once)
	return c.header(err)
}

// header returns the response of a call for metadata, also one that the SDK cannot read.
func (c *capture) header(err error) (*http.Response, error) {
	if c.resp == nil {
		return nil, upstream.WithoutURL(err)
	}
	return c.resp, nil
}

// response returns the response of a call whose error is err, if there is one.
func (c *capture) response(err error) (*http.Response, error) {
	switch {
	case c.resp == nil:
		return nil, upstream.WithoutURL(err)
	case err != nil && c.resp.StatusCode < 300: // a response that the SDK cannot read
		_ = c.resp.Body.Close()
		return nil, upstream.WithoutURL(err)
	default:
		return c.resp, nil
	}
}
