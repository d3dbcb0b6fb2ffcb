package blobdownload

// Offer returns the Content-Type and the Content-Disposition that a download is sent with, given the type
// that its storage says, or "" where that is not known.
func (d *Download) Offer(stored string) (contentType, disposition string) {
	contentType = d.contentType(stored)
	return contentType, d.disposition(contentType)
}

// CacheControl returns the Cache-Control that the download is sent with, for whoever sends it instead.
func (d *Download) CacheControl() string {
	policy := defaultCache
	if lines := d.Header["Cache-Control"]; len(lines) > 0 {
		policy = lines[0]
	}
	if d.personal || len(d.Header["Set-Cookie"]) > 0 {
		return personal(policy)
	}
	return policy
}
