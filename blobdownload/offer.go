package blobdownload

// Offer returns the Content-Type and the Content-Disposition that a download is sent with, given the type
// that its storage says, or "" where that is not known.
func (d *Download) Offer(stored string) (contentType, disposition string) {
	contentType = d.contentType(stored)
	return contentType, d.disposition(contentType)
}
