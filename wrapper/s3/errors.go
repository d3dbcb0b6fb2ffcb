package s3

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func bucketName(name string) string { return "S3 bucket " + strconv.Quote(name) }

var errForeign = errors.New("not as S3 does: is it the endpoint of an S3 store?")

// errNoRegion is the cause of requests without a signature, although the client has credentials.
var errNoRegion = errors.New("S3: no region to sign with: add region=… to the bucket's URL, or set AWS_REGION")

// genuine reports whether a response is an S3 store's: every object has a tag, and every response of AWS an id.
func genuine(method string, resp *http.Response) bool {
	return resp.Header.Get("ETag") != "" || resp.Header.Get("X-Amz-Request-Id") != "" ||
		method == http.MethodHead && resp.StatusCode >= 300
}

// apiError names the region where a bucket in another region is the cause.
func apiError(e *upstream.APIError) error {
	region := regionOf(e)
	if region != "" && (e.StatusCode < 400 || e.Code == "AuthorizationHeaderMalformed") { // others name the right region
		e.Hint = fmt.Sprintf("%s: the bucket is in region %q, and the client is set to another", e.Bucket, region)
	}
	return &wrapper.UpstreamError{
		Status: e.StatusCode, Code: e.Code, Hint: e.Hint, RetryAfter: upstream.RetryAfter(e.Header.Get("Retry-After")),
	}
}

// regionOf returns the region that an error names as the bucket's, or "".
func regionOf(e *upstream.APIError) string {
	if region := e.Header.Get("X-Amz-Bucket-Region"); region != "" {
		return region
	}
	return e.Region
}

// archived returns the code with which GET is refused if the metadata are those of an archived object.
func archived(h http.Header) string {
	switch h.Get("X-Amz-Storage-Class") {
	case "GLACIER", "DEEP_ARCHIVE":
	default:
		if h.Get("X-Amz-Archive-Status") == "" {
			return ""
		}
	}
	if strings.Contains(h.Get("X-Amz-Restore"), `ongoing-request="false"`) {
		return ""
	}
	return "InvalidObjectState"
}
