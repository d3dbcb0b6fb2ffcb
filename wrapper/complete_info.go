package wrapper

import "time"

// completeInfo adds the metadata from WithInfo to the storage's. The storage's length, validators and checksums are
// used, and the application's description of the content.
func (f *File) completeInfo(info Info) Info {
	known := f.known
	if info.Size >= 0 {
		known.Size = UnknownSize
	}
	if info.altered || info.contradicts(&f.known) {
		known.ModTime, known.ETag, known.Version, known.Digests = time.Time{}, "", "", nil
	}
	if info.altered {
		known.ContentEncoding = ""
	}
	if !info.ModTime.IsZero() {
		known.ModTime = time.Time{}
	}
	if info.ETag != "" {
		known.ETag = ""
	}
	if info.Version != "" {
		known.Version = ""
	}
	if info.Digests != nil {
		known.Digests = nil
	}
	return info.overlay(&known)
}
