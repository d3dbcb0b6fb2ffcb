package blobdownload

import (
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/wrapper"
)

// header returns the header of the redirect, made from the one that was set before. A proxy's response needs the
// download's own fields; a redirect of the client does not.
func (to *Redirect) header(before http.Header, d *Download, info *wrapper.Info, now time.Time) http.Header {
	h := before.Clone()
	dropControlFields(h)
	if to.status() == http.StatusOK {
		to.writeOffer(h, d, info, now)
	} else {
		d.copyHeader(h)
		for _, name := range representationFields {
			h.Del(name)
		}
		h.Set("Cache-Control", "no-store")
		setSecurityHeader(h, cspAttachment)
		setLength(h, 0)
	}
	for name, values := range to.Header {
		if name = http.CanonicalHeaderKey(name); name != "Vary" {
			h[name] = values
			continue
		}
		for _, fields := range values {
			addVary(h, fields)
		}
	}
	if to.Header["Cache-Control"] != nil {
		d.limitCaching(h)
	}
	return h
}

// writeOffer sets the fields of the response that a proxy completes. Content-Length, Content-Range and
// Accept-Ranges are the proxy's: it would send ours beside its own.
func (to *Redirect) writeOffer(h http.Header, d *Download, info *wrapper.Info, now time.Time) {
	h.Del("ETag")
	h.Del("Last-Modified")
	h.Del("Content-Length")
	h.Del("Content-Range")
	d.WithStoredName(info).writeOffer(h, info.ContentType)
	h.Del("Accept-Ranges")
	if info.ContentEncoding != "" {
		setDefault(h, "Content-Encoding", info.ContentEncoding)
	}
	if languages := fields.Languages(info.ContentLanguage); languages != "" {
		setDefault(h, "Content-Language", languages)
	}
	if to.Validators == AppValidators {
		setValidators(h, info, now)
	}
}
