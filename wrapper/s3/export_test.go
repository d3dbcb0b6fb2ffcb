package s3

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// Authorization signs a GET that the direct route would send at a date.
func Authorization(ctx context.Context, c aws.Credentials, region, service string, target *url.URL, date string) string {
	r := upstream.NewRequest(ctx, "GET", target)
	r.Set("X-Amz-Date", date)
	r.Set("X-Amz-Content-Sha256", emptySHA256)
	return (&signer{region: region, service: service}).authorization(&c, r)
}
