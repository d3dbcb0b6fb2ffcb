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

// refusal is an answer that is not content, and that no repetition makes so. Of what the store says only
// the code is kept: its message may repeat what was signed.
type refusal struct {
	status  int
	code    string // S3's, "" where the answer has none, as those to HEAD
	bucket  string
	region  string // where the bucket is, when that is the matter
	clock   bool   // the clock was wrong and has been corrected
	foreign bool   // no S3 store answers like this
}

func (e *refusal) Error() string {
	text := "S3 bucket " + strconv.Quote(e.bucket)
	if e.region != "" {
		text += fmt.Sprintf(": the bucket is in region %q, which the client is not set to", e.region)
	} else if hint := hints[e.code]; hint != "" {
		text += ": " + hint
	}
	return text + ": " + e.Unwrap().Error()
}

// Unwrap returns the status, except of a 404 that is not about the object: stores were seen to answer so
// when they do not know the access key.
func (e *refusal) Unwrap() error {
	if e.status == http.StatusNotFound && e.code != "" && e.code != "NotFound" && !strings.HasPrefix(e.code, "NoSuch") {
		return errors.New("endpoint answered 404 (" + e.code + ")")
	}
	return &wrapper.UpstreamError{Status: e.status, Code: e.code}
}

// hints say what to do about the codes that a deployment runs into.
var hints = map[string]string{
	"AccessDenied":          "the credentials may not read the object; nor may they list the bucket if it does not exist",
	"ExpiredToken":          "the credentials have expired and were not renewed",
	"InvalidAccessKeyId":    "the store does not know the access key",
	"InvalidObjectState":    "the object is archived: restore it first",
	"NoSuchBucket":          "the bucket does not exist at this endpoint",
	"RequestTimeTooSkewed":  "set this machine's clock",
	"SignatureDoesNotMatch": "the secret key is wrong, or something on the way changes requests",
}

func (e *refusal) expired() bool {
	return e.code == "ExpiredToken" || e.code == "ExpiredTokenException" || e.code == "TokenRefreshRequired"
}

// readRefusal reads and closes an answer.
func (s *store) readRefusal(r *request, resp *http.Response) *refusal {
	e := &refusal{status: resp.StatusCode, bucket: s.bucket}
	answer := upstream.ReadRefusal(resp)
	e.code = answer.Code
	if region := resp.Header.Get("X-Amz-Bucket-Region"); region != "" {
		e.region = region
	} else {
		e.region = answer.Region
	}
	if resp.StatusCode >= 400 && e.code != "AuthorizationHeaderMalformed" {
		e.region = "" // said of every bucket, wrong or not
	}
	e.foreign = r.method == http.MethodGet && e.code == "" && !ofS3(resp)
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusBadRequest {
		e.clock = s.clock.Corrected(resp, r.signed)
	}
	return e
}

// sizeOfUnsatisfied gives a 416 the Content-Range that S3 leaves out (RFC 9110 section 15.5.17): the
// length is in its body.
func sizeOfUnsatisfied(resp *http.Response) {
	if resp.Header.Get("Content-Range") == "" {
		if n, err := strconv.ParseUint(upstream.ReadRefusal(resp).ActualObjectSize, 10, 63); err == nil {
			resp.Header.Set("Content-Range", "bytes */"+strconv.FormatUint(n, 10))
		}
		resp.Body = http.NoBody
	}
}
