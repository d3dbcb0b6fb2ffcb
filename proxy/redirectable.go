package proxy

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/fields"
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
	switch {
	case known.Size <= 0:
		return true
	case !decidesPreconditions(&known):
		req = wrapper.Request{Range: req.Range}
	}
	status := known.Status(req)
	return status == http.StatusOK || status == http.StatusPartialContent
}

// decidesPreconditions reports whether metadata of the application can decide preconditions. A size alone cannot.
func decidesPreconditions(known *wrapper.Info) bool {
	return known.Size > 0 && plan.ValidETag(known.ETag)
}

// metadataOf returns the file's metadata: the application's if it decides preconditions, otherwise the storage's.
func metadataOf(ctx context.Context, f *wrapper.File) (wrapper.Info, error) {
	if known := f.KnownInfo(); !decidesPreconditions(&known) {
		f = f.WithInfo(wrapper.Info{Size: wrapper.UnknownSize})
	}
	return f.Stat(ctx)
}

// setsContentEncoding reports whether the download's Content-Encoding is not the stored one, which a storage sends: the
// download sets it, or the stored one has words that are no content codings.
func setsContentEncoding(d *blobdownload.Download) bool {
	return d.Header["Content-Encoding"] != nil || !fields.OnlyCodings(d.File.KnownInfo().ContentEncoding, nil)
}

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

// redirectTo returns a redirect of the client to a signed URL, 302 if status is 0. If the application has all metadata, its
// validators cost no request, and are used.
func redirectTo(u *signedURL, d *blobdownload.Download, status int) *blobdownload.Redirect {
	if status == 0 {
		status = http.StatusFound
	}
	to := &blobdownload.Redirect{Status: status, Header: http.Header{"Location": u.location, "Cache-Control": noStore}}
	if known := d.File.KnownInfo(); decidesPreconditions(&known) {
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
