package wrapper

import (
	"slices"
	"time"
)

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
		if known.ETag != "" || known.Version != "" || info.altered || info.contradicts(&f.known) {
			known.Digests = nil // of another version
		}
		known.ModTime, known.ETag, known.Version = time.Time{}, "", ""
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
	known.Digests = addDigests(info.Digests, known.Digests)
	return info.overlay(&known)
}

// addDigests returns the storage's digests, and those of the application by other algorithms.
func addDigests(stored, known []Digest) []Digest {
	all := stored[:len(stored):len(stored)]
	for _, d := range known {
		if !slices.ContainsFunc(stored, func(s Digest) bool { return s.Algorithm == d.Algorithm }) {
			all = append(all, d)
		}
	}
	return all
}
