package gcs

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func bucketName(name string) string { return "GCS bucket " + strconv.Quote(name) }

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
	return &wrapper.UpstreamError{
		Status: e.StatusCode, Code: e.Code, Hint: e.Hint, RetryAfter: upstream.RetryAfter(e.Header.Get("Retry-After")),
	}
}
