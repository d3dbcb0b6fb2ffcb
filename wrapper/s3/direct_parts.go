package s3

import (
	"context"
	"net/http"
	"strconv"

	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

func (d *direct) sendPart(ctx context.Context, r *request, number int) (*http.Response, error) {
	part, sign := d.partRequest(ctx, http.MethodHead, r, "partNumber", strconv.Itoa(number))
	part.Set("If-Match", upstream.Field(r.fields, "If-Match"))
	return d.finish(part, sign, &r.creds)
}

func (d *direct) sendParts(ctx context.Context, r *request, after int) (*http.Response, error) {
	list, sign := d.partRequest(ctx, http.MethodGet, r, "attributes", "")
	list.Set("X-Amz-Object-Attributes", "ETag,ObjectParts")
	list.Set("X-Amz-Max-Parts", "1000")
	if after > 0 {
		list.Set("X-Amz-Part-Number-Marker", strconv.Itoa(after))
	}
	return d.finish(list, sign, &r.creds)
}

// partRequest returns a request about the parts of an object, with a parameter, and its signer.
func (d *direct) partRequest(ctx context.Context, method string, r *request, name, value string) (*upstream.Request, *signer) {
	base, sign := d.endpoint(r)
	part := upstream.NewRequest(ctx, method, base)
	locate(part.URL, r.Key)
	part.URL.RawQuery = r.query(name, value)
	return part, sign
}

// versionQuery returns the parameter of a version, or "".
func versionQuery(separator, version string) string {
	if version == "" {
		return ""
	}
	return separator + "versionId=" + httpbinding.EscapePath(version, true)
}
