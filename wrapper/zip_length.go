package wrapper

import "math"

// The parts of an archive (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5), in bytes, as archive/zip writes them.
const (
	zipLocal       = 30
	zipDescriptor  = 16 // after the content
	zip64Larger    = 8  // added to it for content of 4 GiB and more
	zipCentral     = 46
	zip64Extra     = 28 // in the directory, for content or an offset beyond 4 GiB
	zipTime        = 9  // extra field of a time, in both headers
	zipEnd         = 22
	zip64End       = 56 + 20
	zipMaxEntries  = math.MaxUint16
	zipMaxPosition = math.MaxUint32
)

// length returns the length of the archive, or UnknownSize.
func (a *archive) length() int64 {
	var at, directory int64
	for i := range a.entries {
		e := &a.entries[i]
		info := e.File.KnownInfo()
		if e.Deflate || info.Size <= 0 {
			return UnknownSize
		}
		fields := int64(len(a.names[i]))
		if !info.ModTime.IsZero() {
			fields += zipTime
		}
		directory += zipCentral + fields
		if info.Size >= zipMaxPosition || at >= zipMaxPosition {
			directory += zip64Extra
		}
		at += zipLocal + fields + info.Size + zipDescriptor
		if info.Size >= zipMaxPosition {
			at += zip64Larger
		}
	}
	end := int64(zipEnd)
	if len(a.entries) >= zipMaxEntries || directory >= zipMaxPosition || at >= zipMaxPosition {
		end += zip64End
	}
	return at + directory + end
}
