package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// maxComment is the longest comment of an archive.
const maxComment = max16

// directoryEnd is the place of a central directory. Offsets are those in the file.
type directoryEnd struct {
	off, size int64
	base      int64 // length of other data before the archive
	entries   uint64
	zip64     bool
}

// parseEnd returns the place of the directory of a file of size bytes. tail is the end of the file.
func parseEnd(tail []byte, size int64) (end directoryEnd, err error) {
	at := findEnd(tail)
	if at < 0 {
		return end, fmt.Errorf("%w: no end record, the file may be truncated", ErrFormat)
	}
	r := tail[at:]
	disks := uint32(binary.LittleEndian.Uint16(r[4:])) + uint32(binary.LittleEndian.Uint16(r[6:]))
	end.entries = uint64(binary.LittleEndian.Uint16(r[10:]))
	directory, off := uint64(binary.LittleEndian.Uint32(r[12:])), uint64(binary.LittleEndian.Uint32(r[16:]))
	if at64, ok := findEnd64(tail, at, size); ok { // Info-ZIP writes one for a stream of any length
		r, at = tail[at64:], at64
		disks = binary.LittleEndian.Uint32(r[16:]) + binary.LittleEndian.Uint32(r[20:])
		entries64 := binary.LittleEndian.Uint64(r[32:])
		directory64, off64 := binary.LittleEndian.Uint64(r[40:]), binary.LittleEndian.Uint64(r[48:])
		if end.entries != math.MaxUint16 && end.entries != entries64 ||
			directory != math.MaxUint32 && directory != directory64 || off != math.MaxUint32 && off != off64 {
			return end, fmt.Errorf("%w: end record and Zip64 end record differ", ErrFormat)
		}
		end.entries, directory, off, end.zip64 = entries64, directory64, off64, true
	}
	if disks != 0 && disks != 2*math.MaxUint16 {
		return end, fmt.Errorf("%w: archive of several disks", errors.ErrUnsupported)
	}
	position := uint64(size) - uint64(len(tail)-at)
	if directory > position || off > position-directory || end.entries > directory/centralSize {
		return end, fmt.Errorf("%w: directory of %d entries and %d bytes at offset %d does not fit", ErrFormat, end.entries, directory, off)
	}
	end.size = int64(directory)
	end.off = int64(position - directory)
	end.base = end.off - int64(off)
	return end, nil
}

// findEnd returns the index of the end record, whose comment ends with the file, or -1.
func findEnd(tail []byte) int {
	for at := len(tail) - endSize; at >= max(0, len(tail)-endSize-maxComment); at-- {
		if bytes.HasPrefix(tail[at:], []byte(endMark)) &&
			at+endSize+int(binary.LittleEndian.Uint16(tail[at+20:])) == len(tail) {
			return at
		}
	}
	return -1
}

// findEnd64 returns the index of the Zip64 end record, which is followed by its locator and by the end record at the given
// index. The offset in the locator does not count other data before the archive.
func findEnd64(tail []byte, end int, size int64) (at int, ok bool) {
	locator := end - locatorSize
	if locator < end64Size || !bytes.HasPrefix(tail[locator:], []byte(locatorMark)) {
		return 0, false
	}
	candidates := []uint64{uint64(locator - end64Size)}
	stated := binary.LittleEndian.Uint64(tail[locator+8:])
	if tailOff := uint64(size) - uint64(len(tail)); stated >= tailOff {
		candidates = append(candidates, stated-tailOff)
	}
	for _, c := range candidates {
		if c > uint64(locator-end64Size) {
			continue
		}
		at := int(c)
		rest := uint64(locator-at) - 12
		if bytes.HasPrefix(tail[at:], []byte(end64Mark)) && binary.LittleEndian.Uint64(tail[at+4:]) == rest {
			return at, true
		}
	}
	return 0, false
}
