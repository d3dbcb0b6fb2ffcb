package azure

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// containerName is how errors name the container of a URL, which may have a signature in it.
func containerName(containerURL string) string {
	u, err := url.Parse(containerURL)
	if err != nil {
		return "Azure container"
	}
	return "Azure container " + strconv.Quote(path.Base(u.Path))
}

var errForeign = errors.New("not as Azure Blob Storage does: is it the endpoint of a storage account?")

// genuine reports whether a response is the service's: each has an id.
func genuine(_ string, resp *http.Response) bool { return resp.Header.Get("X-Ms-Request-Id") != "" }

func apiError(e *upstream.APIError) error {
	return &wrapper.UpstreamError{
		Status: e.StatusCode, Code: e.Code, Hint: e.Hint, RetryAfter: upstream.RetryAfter(e.Header.Get("Retry-After")),
	}
}

// archived returns the code with which GET is refused if the metadata are those of an archived blob.
func archived(h http.Header) string {
	if h.Get("X-Ms-Access-Tier") == "Archive" {
		return "BlobArchived"
	}
	return ""
}
