package s3

import (
	"context"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func (d *direct) sendPart(
	ctx context.Context, key string, info *wrapper.Info, number int, creds aws.Credentials,
) (*http.Response, error) {
	r := upstream.NewRequest(ctx, http.MethodHead, &d.base)
	locate(r.URL, key)
	r.URL.RawQuery = "partNumber=" + strconv.Itoa(number) + versionQuery("&", info.Version)
	r.Set("If-Match", pin(info))
	return d.finish(r, d.signer, &creds)
}

func (d *direct) sendParts(
	ctx context.Context, key string, info *wrapper.Info, after int, creds aws.Credentials,
) (*http.Response, error) {
	r := upstream.NewRequest(ctx, http.MethodGet, &d.base)
	locate(r.URL, key)
	r.URL.RawQuery = "attributes=" + versionQuery("&", info.Version)
	r.Set("X-Amz-Object-Attributes", "ETag,ObjectParts")
	r.Set("X-Amz-Max-Parts", "1000")
	if after > 0 {
		r.Set("X-Amz-Part-Number-Marker", strconv.Itoa(after))
	}
	return d.finish(r, d.signer, &creds)
}

// versionQuery returns the parameter of a version, or "".
func versionQuery(separator, version string) string {
	if version == "" {
		return ""
	}
	return separator + "versionId=" + httpbinding.EscapePath(version, true)
}
