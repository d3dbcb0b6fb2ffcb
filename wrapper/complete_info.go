package wrapper

import "time"

// completeInfo adds the metadata from WithInfo to the storage's. The storage's length, validators and checksums are
// used, and the application's description of the content. Validators are added only to those of the same version, if
// the source is remote: it can have another version that it does not name.
func (f *File) completeInfo(info Info) Info {
	known := f.known
	if info.Size >= 0 {
		known.Size = UnknownSize
	}
	_, remote := f.src.(pinnedOpener)
	if info.altered || info.contradicts(&f.known) || remote && !info.samePin(&f.known) {
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
