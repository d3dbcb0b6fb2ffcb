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

// hints are how to mend the causes of errors that deployments have.
var hints = map[string]string{
	"AuthenticationFailed":            "the account's key or signature is wrong, or this machine's clock is",
	"AuthorizationFailure":            "the credentials may not read the object, or not from this network",
	"AuthorizationPermissionMismatch": "the credentials may not read the object: they need the role Storage Blob Data Reader",
	"BlobArchived":                    "the object is archived: rehydrate it first",
	"ContainerNotFound":               "the container does not exist in this account",
}

var errForeign = errors.New("not as Azure Blob Storage does: is it the endpoint of a storage account?")

// genuine reports whether a response is the service's: each has an id.
func genuine(_ string, resp *http.Response) bool { return resp.Header.Get("X-Ms-Request-Id") != "" }

func apiError(e *upstream.APIError) error {
	return &wrapper.UpstreamError{Status: e.StatusCode, Code: e.Code, Hint: e.Hint}
}
