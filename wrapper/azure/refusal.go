package azure

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

var errForeign = errors.New("not as Azure Blob Storage does: is it the endpoint of a storage account?")

// judge returns an answer, or the refusal that it is, which no repetition changes.
func judge(resp *http.Response) (*http.Response, error) {
	known := resp.Header.Get("X-Ms-Request-Id") != ""
	switch status := resp.StatusCode; {
	case status < 300, status == http.StatusNotModified, status == http.StatusPreconditionFailed,
		status == http.StatusRequestedRangeNotSatisfiable:
		if known {
			return resp, nil
		}
		_ = resp.Body.Close()
		return nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
	case status >= 500 || status == http.StatusTooManyRequests:
		return resp, nil
	default:
		code := upstream.ReadRefusal(resp).Code
		if c := resp.Header.Get("X-Ms-Error-Code"); code == "" && len(c) < 64 { // answers to HEAD have no other
			code = c
		}
		if code == "" && !known {
			return nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
		}
		hint := "Azure"
		if h := hints[code]; h != "" {
			hint += ": " + h
		}
		return nil, &wrapper.UpstreamError{Status: status, Code: code, Hint: hint}
	}
}

// hints say what to do about the codes that a deployment runs into.
var hints = map[string]string{
	"AuthenticationFailed":            "the account's key or signature is wrong, or this machine's clock is",
	"AuthorizationFailure":            "the credentials may not read the object, or not from this network",
	"AuthorizationPermissionMismatch": "the credentials may not read the object: they need the role Storage Blob Data Reader",
	"BlobArchived":                    "the object is archived: rehydrate it first",
	"ContainerNotFound":               "the container does not exist in this account",
}
