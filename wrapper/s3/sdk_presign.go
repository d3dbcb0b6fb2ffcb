package s3

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

func (l *sdk) signedURL(ctx context.Context, u *signing) (string, error) {
	client := s3.NewPresignClient(l.client, func(o *s3.PresignOptions) {
		o.Presigner = presignerAt{u.at}
		o.Expires = u.expiry
	})
	signed, err := l.presign(ctx, client, u)
	if err != nil {
		return "", upstream.WithoutURL(err)
	}
	if len(signed.SignedHeader) > 1 { // Host is one, and no browser sends others
		return "", errors.ErrUnsupported
	}
	return signed.URL, nil
}

func (l *sdk) presign(ctx context.Context, client *s3.PresignClient, u *signing) (*v4.PresignedHTTPRequest, error) {
	if u.method == http.MethodHead {
		return client.PresignHeadObject(ctx, &s3.HeadObjectInput{
			Bucket:                     &l.store.bucket,
			Key:                        &u.key,
			VersionId:                  optional(u.version),
			ResponseContentDisposition: optional(u.ContentDisposition),
			ResponseContentType:        optional(u.ContentType),
			ResponseCacheControl:       optional(u.CacheControl),
		})
	}
	return client.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket:                     &l.store.bucket,
		Key:                        &u.key,
		VersionId:                  optional(u.version),
		ResponseContentDisposition: optional(u.ContentDisposition),
		ResponseContentType:        optional(u.ContentType),
		ResponseCacheControl:       optional(u.CacheControl),
	})
}

// presignerAt signs as of a time of ours instead of the SDK's.
type presignerAt struct{ time.Time }

func (at presignerAt) PresignHTTP(
	ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, _ time.Time, opts ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	return presigner.PresignHTTP(ctx, c, r, hash, service, region, at.Time, opts...)
}
