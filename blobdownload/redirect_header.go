package blobdownload

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// header makes the header that hands a download over, from the one that was set before. What a front server
// sends carries the download's own fields; what the client is sent to fetch elsewhere carries them there.
func (to *Redirect) header(before http.Header, d *Download, info *wrapper.Info, now time.Time) http.Header {
	h := before.Clone()
	for name := range h {
		if strings.HasPrefix(name, "X-Accel-") {
			delete(h, name)
		}
	}
	if to.status() == http.StatusOK {
		to.offer(h, d, info, now)
	} else {
		d.keep(h)
		for _, name := range representationFields {
			h.Del(name)
		}
		h.Del("Content-Type")
		h.Set("Cache-Control", "no-store")
		setSafe(h, cspAttachment)
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
	return h
}

// offer sets the fields of a download that a front server is to send. There is no length and no range:
// those are of the content, which is not here. A front server that is told to accept no ranges says
// so beside its own Accept-Ranges.
func (to *Redirect) offer(h http.Header, d *Download, info *wrapper.Info, now time.Time) {
	h.Del("ETag")
	h.Del("Last-Modified")
	h.Del("Content-Length")
	h.Del("Content-Range")
	d.offer(h, info.ContentType)
	h.Del("Accept-Ranges")
	if info.ContentEncoding != "" {
		setDefault(h, "Content-Encoding", info.ContentEncoding)
	}
	if info.ContentLanguage != "" {
		setDefault(h, "Content-Language", info.ContentLanguage)
	}
	if to.Validators == AppValidators {
		validators(h, info, now)
	}
}
