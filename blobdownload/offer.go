package blobdownload

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/internal/mediatype"
)

// offer is how content is offered to a client: as which type and name, and whether it is shown or saved.
type offer struct {
	name        string // of the file, not sanitized
	contentType string
	inline      bool   // shown
	disposition string // the Content-Disposition
}

// offer returns the offer of content, given its stored media type. Content is shown if its type is safe, and if the
// extension of the name does not stand for a type that runs code: the saved file is opened by it.
func (d *Download) offer(stored string) offer {
	o := offer{name: d.Filename, contentType: d.ContentType}
	if o.name == "" {
		o.name = d.File.Base()
	}
	if o.contentType == "" {
		o.contentType = mediatype.For(stored, o.name)
	}
	if d.found != nil && contradictsType(d.found, o.contentType) {
		o.contentType = "application/octet-stream"
	}
	if d.Inline && mediatype.Inline(o.contentType) {
		byName := mediatype.ByName(o.name)
		o.inline = byName == "" || mediatype.Inline(byName)
	}
	o.disposition = disposition.Format(o.inline, o.name)
	return o
}

// csp returns the content security policy of content that is shown.
func (o *offer) csp() string {
	switch {
	case mediatype.IsPDF(o.contentType):
		return cspPDF
	case mediatype.Plays(o.contentType):
		return cspMedia
	default:
		return cspInline
	}
}

// Offer returns the Content-Type and the Content-Disposition of the response, given the stored media type.
// "" means that the stored type is unknown.
func (d *Download) Offer(stored string) (contentType, disposition string) {
	o := d.offer(stored)
	return o.contentType, o.disposition
}

// CacheControl returns the Cache-Control of the response, for a cloud or CDN that sends it. Fields that
// middleware has set on the http.ResponseWriter are not considered.
func (d *Download) CacheControl() string {
	h := http.Header{}
	d.copyHeader(h)
	d.setCachePolicy(h)
	return strings.Join(h["Cache-Control"], ", ")
}
