package blobdownload

import (
	"net/http"
	"strings"
)

// Offer returns the Content-Type and the Content-Disposition that a download is sent with, given the type
// that its storage says, or "" where that is not known.
func (d *Download) Offer(stored string) (contentType, disposition string) {
	contentType = d.contentType(stored)
	return contentType, d.disposition(contentType)
}

// CacheControl returns the Cache-Control that the download is sent with, for whoever sends it instead. What
// handlers before have set on the answer itself is not in it.
func (d *Download) CacheControl() string {
	h := http.Header{}
	d.copyHeader(h)
	setDefaultLine(h, "Cache-Control", defaultCacheLine)
	d.setPrivate(h)
	return strings.Join(h["Cache-Control"], ", ")
}
