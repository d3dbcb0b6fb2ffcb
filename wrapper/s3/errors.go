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

// hints are how to mend the causes of errors that deployments have.
var hints = map[string]string{
	"AccessDenied":          "the credentials may not read the object; nor may they list the bucket if it does not exist",
	"ExpiredToken":          "the credentials have expired and were not renewed",
	"InvalidAccessKeyId":    "the access key does not exist in the store",
	"InvalidObjectState":    "the object is archived: restore it first",
	"NoSuchBucket":          "the bucket does not exist at this endpoint",
	"RequestTimeTooSkewed":  "set this machine's clock",
	"SignatureDoesNotMatch": "the secret key is wrong, or a proxy on the way changes requests",
}

// expired reports the codes of expired credentials.
func expired(code string) bool {
	return code == "ExpiredToken" || code == "ExpiredTokenException" || code == "TokenRefreshRequired"
}

var errForeign = errors.New("not as S3 does: is it the endpoint of an S3 store?")

// genuine reports whether a response is an S3 store's: every object has a tag, and every response of AWS an id.
func genuine(method string, resp *http.Response) bool {
	return resp.Header.Get("ETag") != "" || resp.Header.Get("X-Amz-Request-Id") != "" ||
		method == http.MethodHead && resp.StatusCode >= 300
}

// apiError names the region where a bucket in another region is the cause. A 404 that is not about the object has
// no status, since it does not mean that the object is missing: some stores send one for an unknown access key.
func apiError(e *upstream.APIError) error {
	region := e.Header.Get("X-Amz-Bucket-Region")
	if region == "" {
		region = e.Region
	}
	if region != "" && (e.StatusCode < 400 || e.Code == "AuthorizationHeaderMalformed") { // others name the right region
		e.Hint = fmt.Sprintf("%s: the bucket is in region %q, and the client is set to another", e.Bucket, region)
	}
	if e.StatusCode == http.StatusNotFound && e.Code != "" && e.Code != "NotFound" && !strings.HasPrefix(e.Code, "NoSuch") {
		return fmt.Errorf("%s: endpoint answered 404 (%s)", e.Hint, e.Code)
	}
	return &wrapper.UpstreamError{Status: e.StatusCode, Code: e.Code, Hint: e.Hint}
}
