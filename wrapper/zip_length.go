package wrapper

import "math"

// The parts of an archive (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5), in bytes, as archive/zip writes them.
const (
	zipLocal       = 30
	zipDescriptor  = 16 // behind the content
	zip64Larger    = 8  // what it has more for content of 4 GiB and above
	zipCentral     = 46
	zip64Extra     = 28 // in the directory, of content or a place beyond 4 GiB
	zipTime        = 9  // extra field of a time, twice
	zipEnd         = 22
	zip64End       = 56 + 20
	zipMaxEntries  = math.MaxUint16
	zipMaxPosition = math.MaxUint32
)

// length is how long the archive will be, or UnknownSize.
func (a *archive) length() int64 {
	var at, directory int64
	for i := range a.entries {
		e := &a.entries[i]
		facts := e.File.KnownInfo()
		if e.Deflate || facts.Size <= 0 {
			return UnknownSize
		}
		fields := int64(len(a.names[i]))
		if !facts.ModTime.IsZero() {
			fields += zipTime
		}
		directory += zipCentral + fields
		if facts.Size >= zipMaxPosition || at >= zipMaxPosition {
			directory += zip64Extra
		}
		at += zipLocal + fields + facts.Size + zipDescriptor
		if facts.Size >= zipMaxPosition {
			at += zip64Larger
		}
	}
	end := int64(zipEnd)
	if len(a.entries) >= zipMaxEntries || directory >= zipMaxPosition || at >= zipMaxPosition {
		end += zip64End
	}
	return at + directory + end
}
