package proxy

import (
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fits reports whether a request may be repeated to a store, or to a CDN before it. None that was tried obeys If-Range:
// it would send a part of what has been replaced; and some fail a Range of several parts, or of an odd form. A condition
// that known facts decide is the server's to answer, without a signature.
func fits(r *http.Request, d *blobdownload.Download) bool {
	if codedByApplication(d) {
		return false
	}
	req := wrapper.RequestOf(r)
	if req.Range != "" && (req.IfRange != "" || !onePlainRange(req.Range)) {
		return false
	}
	facts := d.File.KnownInfo()
	if facts.Size <= 0 {
		return true
	}
	status := facts.Status(req)
	return status == http.StatusOK || status == http.StatusPartialContent
}

// codedByApplication reports whether the download says a Content-Encoding by itself, which goes with nothing that a
// store sends: it says the one that is stored, or none.
func codedByApplication(d *blobdownload.Download) bool { return d.Header["Content-Encoding"] != nil }

func onePlainRange(field string) bool {
	_, one := plan.Single(field)
	return one && plan.Plain(field)
}
