package proxy

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// redirectable reports whether a client may send its request to a storage instead, or to a CDN in front of it. No storage that
// was tried evaluates If-Range: it would send a part of a new version to complete an old one. Some fail a Range of
// several parts or of an unusual form. A precondition that the application's metadata decides needs no URL: the server
// responds to it.
func redirectable(r *http.Request, d *blobdownload.Download) bool {
	if r.Method != http.MethodGet || setsContentEncoding(d) {
		return false
	}
	req := wrapper.RequestOf(r)
	if req.Range != "" && (req.IfRange != "" || !plainSingleRange(req.Range)) {
		return false
	}
	known := d.File.KnownInfo()
	if known.Size <= 0 {
		return true
	}
	status := known.Status(req)
	return status == http.StatusOK || status == http.StatusPartialContent
}

// setsContentEncoding reports whether the download sets Content-Encoding. A storage sends the stored one, or none.
func setsContentEncoding(d *blobdownload.Download) bool { return d.Header["Content-Encoding"] != nil }

func plainSingleRange(field string) bool {
	_, one := plan.Single(field)
	return one && plan.Plain(field)
}

// survivesURL reports whether a client requests the key unchanged: clients remove dot segments from a Location.
func survivesURL(key string) bool {
	if key == "" {
		return false
	}
	for s := range strings.SplitSeq(key, "/") {
		if s == "." || s == ".." {
			return false
		}
	}
	return true
}

var noStore = []string{"no-store"}

// redirectTo is a redirect of the client to a signed URL, 302 if status is 0. If the application has all metadata, its
// validators cost no request, and are used.
func redirectTo(u *signedURL, d *blobdownload.Download, status int) *blobdownload.Redirect {
	if status == 0 {
		status = http.StatusFound
	}
	to := &blobdownload.Redirect{Status: status, Header: http.Header{"Location": u.location, "Cache-Control": noStore}}
	if d.File.KnownInfo().Size > 0 {
		to.Validators = blobdownload.AppValidators
	}
	return to
}

func validateStatus(of string, status int) error {
	switch status {
	case 0, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		return nil
	default:
		return fault(of+".Status", "%d: want 302, 303 or 307", status)
	}
}
