package gcs

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func bucketName(name string) string { return "GCS bucket " + strconv.Quote(name) }

// hints are how to mend the causes of errors that deployments have.
var hints = map[string]string{
	"AccessDenied":           "the credentials may not read the object: they need storage.objects.get",
	"AuthenticationRequired": "the credentials are unknown to the service, or there are none",
	"NoSuchBucket":           "the bucket does not exist",
	"UserProjectMissing":     "the bucket makes readers pay, and no project to bill is set",
}

var errForeign = errors.New("not as Google Cloud Storage does: is it the endpoint of its XML API?")

// uploadField is in every response of the service, errors included.
const uploadField = "X-Guploader-Uploadid"

// genuine reports whether a response is the service's: every object has a generation.
func genuine(method string, resp *http.Response) bool {
	if resp.StatusCode < 300 {
		return resp.Header.Get(generationField) != ""
	}
	return resp.Header.Get(uploadField) != "" || method == http.MethodHead || resp.StatusCode == http.StatusNotFound
}

func apiError(e *upstream.APIError) error {
	return &wrapper.UpstreamError{Status: e.StatusCode, Code: e.Code, Hint: e.Hint}
}
