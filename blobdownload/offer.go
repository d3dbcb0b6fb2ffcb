package blobdownload

import (
	"net/http"
	"strings"
)

// Offer returns the Content-Type and the Content-Disposition of the response, given the stored media type.
// "" means that the stored type is unknown.
func (d *Download) Offer(stored string) (contentType, disposition string) {
	contentType = d.contentType(stored)
	return contentType, d.disposition(contentType)
}

// CacheControl returns the Cache-Control of the response, for a cloud or CDN that sends it. Fields that
// middleware has set on the http.ResponseWriter are not considered.
func (d *Download) CacheControl() string {
	h := http.Header{}
	d.copyHeader(h)
	d.setCachePolicy(h)
	return strings.Join(h["Cache-Control"], ", ")
}
