package blobdownload

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// representationFields describe content that is sent; no error carries one that was set for it.
var representationFields = []string{
	"Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length",
	"Content-Range", "ETag", "Last-Modified", "X-Accel-Redirect", "X-Sendfile",
}

// transferFields are the server's alone to set. Age is for caches (RFC 9111 section 5.1), and so never set.
var transferFields = map[string]bool{
	"Age": true, "Connection": true, "Content-Digest": true, "Content-Length": true, "Content-Range": true, "Date": true, "Etag": true,
	"Last-Modified": true, "Repr-Digest": true, "Trailer": true, "Transfer-Encoding": true,
}

// Content security policies: a saved file may do nothing should it be shown after all; a shown one may
// show itself. PDF viewers do not work in a sandbox.
const (
	cspAttachment = "default-src 'none'; sandbox"
	cspInline     = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
	cspPDF        = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
)

// setSafe sets the fields that every answer carries, unless somebody before decided otherwise.
func setSafe(h http.Header, csp string) {
	setDefault(h, "X-Content-Type-Options", "nosniff")
	setDefault(h, "Content-Security-Policy", csp)
	setDefault(h, "Cross-Origin-Resource-Policy", "same-origin")
	setDefault(h, "Referrer-Policy", "no-referrer")
}

func setDefault(h http.Header, name, value string) {
	if _, ok := h[http.CanonicalHeaderKey(name)]; !ok {
		h.Set(name, value)
	}
}

// offer sets the fields that say how a download is offered, whoever sends its bytes.
func (d *Download) offer(h http.Header, stored string) {
	contentType := d.contentType(stored)
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", d.disposition(contentType))
	d.keep(h)
	setDefault(h, "Cache-Control", defaultCache)
	setSafe(h, d.csp(contentType))
}

// keep sets the fields that the application gave. What an answer varies by adds up; any other field
// replaces what was there.
func (d *Download) keep(h http.Header) {
	for name, values := range d.Header {
		switch name = http.CanonicalHeaderKey(name); {
		case transferFields[name]:
		case name == "Vary":
			for _, field := range values {
				addVary(h, field)
			}
		default:
			h[name] = values
		}
	}
}

func (d *Download) csp(contentType string) string {
	switch {
	case !d.inline(contentType):
		return cspAttachment
	case strings.HasPrefix(contentType, "application/pdf"):
		return cspPDF
	default:
		return cspInline
	}
}

// validators sets what a client may revalidate by. A Last-Modified is never after the answer's Date
// (RFC 9110 section 8.8.2.1).
func validators(h http.Header, info *wrapper.Info, now time.Time) {
	if plan.ValidETag(info.ETag) {
		h.Set("ETag", info.ETag)
	}
	if t := info.ModTime; !t.IsZero() && t.Unix() != 0 {
		if t.After(now) {
			t = now
		}
		h.Set("Last-Modified", t.UTC().Format(http.TimeFormat))
	}
}

// describe sets the fields of a 200 or 206.
func (t *transfer) describe(resp *wrapper.Response) {
	h, info := t.w.Header(), &resp.Info
	t.d.offer(h, info.ContentType)
	validators(h, info, time.Now())
	if info.ContentEncoding != "" {
		setDefault(h, "Content-Encoding", info.ContentEncoding)
	}
	if info.ContentLanguage != "" {
		setDefault(h, "Content-Language", info.ContentLanguage)
	}
	t.vary(h)
	t.digests(h, resp)
	if info.Sequential || info.Size < 0 {
		h.Set("Accept-Ranges", "none")
	} else {
		h.Set("Accept-Ranges", "bytes")
	}
	switch {
	case len(resp.Ranges) == 1:
		h.Set("Content-Range", plan.Window(resp.Ranges[0]).ContentRange(info.Size))
		setLength(h, resp.Ranges[0].N)
	case len(resp.Ranges) == 0 && info.Size >= 0:
		setLength(h, info.Size)
	}
}

func setLength(h http.Header, n int64) {
	h.Set("Content-Length", strconv.FormatInt(n, 10))
}
