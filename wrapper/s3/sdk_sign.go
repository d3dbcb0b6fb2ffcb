package s3

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/requestid"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func (s *sdk) signedURL(ctx context.Context, key string, o *wrapper.SignOptions, _ aws.Credentials) (string, error) {
	client := s3.NewPresignClient(s.client, func(p *s3.PresignOptions) {
		p.Presigner = presignerAt{o.At, o.RequestID}
		p.Expires = o.Expiry
	})
	get := getInput(s.bucket, key, o.Version, nil, false)
	get.ResponseContentDisposition = upstream.Optional(o.ContentDisposition)
	get.ResponseContentType = upstream.Optional(o.ContentType)
	get.ResponseCacheControl = upstream.Optional(o.CacheControl)
	var signed *v4.PresignedHTTPRequest
	var err error
	if o.Method == http.MethodHead {
		signed, err = client.PresignHeadObject(ctx, headInput(get))
	} else {
		signed, err = client.PresignGetObject(ctx, get)
	}
	if err != nil {
		return "", upstream.WithoutURL(err)
	}
	if len(signed.SignedHeader) > 1 { // Host is one, and no browser sends others
		return "", errors.ErrUnsupported
	}
	return signed.URL, nil
}

// presignerAt signs as of its time instead of the SDK's, with the id of a request if there is one.
type presignerAt struct {
	time.Time
	requestID string
}

func (at presignerAt) PresignHTTP(
	ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, _ time.Time, opts ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	if at.requestID != "" {
		q := r.URL.Query()
		q.Set(requestid.Param, at.requestID)
		r.URL.RawQuery = q.Encode()
	}
	return presigner.PresignHTTP(ctx, c, r, hash, service, region, at.Time, opts...)
}
