package archive

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// ErrFormat is the error of a file that is not a zip archive, or of an archive whose records contradict each other.
var ErrFormat = errors.New("not a valid zip archive")

// entry is a file of an archive, as the directory describes it.
type entry struct {
	name   string
	off    int64 // of the local header
	end    int64 // of the space for the file: the next local header, or the directory
	packed int64 // length of the content in the archive
	size   int64
	unix   int64 // modification time; 0 if unknown
	crc    uint32
	method uint16
	flags  uint16

	data atomic.Int64 // offset of the content; 0 until the local header was read
}

// parseEntries returns the files that a directory lists, in its order.
func parseEntries(b []byte, end directoryEnd) ([]entry, error) {
	entries := make([]entry, 0, min(uint64(len(b)/centralSize), end.entries))
	for len(b) > 0 {
		if len(b) < centralSize || !bytes.HasPrefix(b, []byte(centralMark)) {
			return nil, fmt.Errorf("%w: directory entry %d has no header", ErrFormat, len(entries))
		}
		name := int(binary.LittleEndian.Uint16(b[28:]))
		extra := int(binary.LittleEndian.Uint16(b[30:]))
		length := centralSize + name + extra + int(binary.LittleEndian.Uint16(b[32:]))
		if len(b) < length {
			return nil, fmt.Errorf("%w: directory entry %d is truncated", ErrFormat, len(entries))
		}
		if end.zip64 && uint64(len(entries)) == end.entries {
			return nil, fmt.Errorf("%w: directory has more than the stated %d entries", ErrFormat, end.entries)
		}
		entries = append(entries, entry{})
		e := &entries[len(entries)-1]
		if err := e.parse(b[:centralSize+name+extra], name, end.base); err != nil {
			return nil, fmt.Errorf("directory entry %d %.100q: %w", len(entries)-1, e.name, err)
		}
		b = b[length:]
	}
	count := uint64(len(entries))
	if count != end.entries && (end.zip64 || count&math.MaxUint16 != end.entries) {
		return nil, fmt.Errorf("%w: directory has %d entries, not the stated %d", ErrFormat, count, end.entries)
	}
	return entries, separate(entries, end.off)
}

// parse sets the fields of a central header with its name and extra fields.
func (e *entry) parse(b []byte, name int, base int64) error {
	e.flags = binary.LittleEndian.Uint16(b[8:])
	e.method = binary.LittleEndian.Uint16(b[10:])
	e.crc = binary.LittleEndian.Uint32(b[16:])
	e.name = string(b[centralSize : centralSize+name])
	e.unix = fromDOS(binary.LittleEndian.Uint16(b[14:]), binary.LittleEndian.Uint16(b[12:]))
	wide := [...]uint64{ // in the order of the Zip64 extra field
		uint64(binary.LittleEndian.Uint32(b[24:])),
		uint64(binary.LittleEndian.Uint32(b[20:])),
		uint64(binary.LittleEndian.Uint32(b[42:])),
	}
	disk := binary.LittleEndian.Uint16(b[34:])
	for id, field := range extraFields(b[centralSize+name:]) {
		switch id {
		case extraZip64:
			if !widen(wide[:], field) {
				return fmt.Errorf("%w: its Zip64 field is too short", ErrFormat)
			}
		default:
			if unix, ok := extraTime(id, field); ok {
				e.unix = unix
			}
		}
	}
	for _, v := range wide {
		if v > math.MaxInt64-uint64(base) {
			return fmt.Errorf("%w: a size or offset is out of range", ErrFormat)
		}
	}
	if disk != 0 && disk != math.MaxUint16 {
		return fmt.Errorf("%w: archive of several disks", errors.ErrUnsupported)
	}
	e.size, e.packed, e.off = int64(wide[0]), int64(wide[1]), int64(wide[2])+base
	return nil
}

// separate sets the end of each file's space. Files that overlap each other or the directory are an error: one part of an
// archive would expand to the content of many files.
func separate(entries []entry, directory int64) error {
	order := make([]int32, len(entries))
	for i := range order {
		order[i] = int32(i) // an entry takes 46 bytes of a directory in memory
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(entries[a].off, entries[b].off) })
	for i, at := range order {
		e := &entries[at]
		e.end = directory
		if i+1 < len(order) {
			e.end = entries[order[i+1]].off
		}
		if room := e.end - e.off - localSize - int64(len(e.name)); e.packed > room {
			return fmt.Errorf("%w: %.100q at offset %d overlaps what follows at %d", ErrFormat, e.name, e.off, e.end)
		}
	}
	return nil
}

// byName returns the indexes of entries in the order of their names. Entries of one name keep their order.
func byName(entries []entry) []int32 {
	order := make([]int32, len(entries))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return strings.Compare(entries[a].name, entries[b].name) })
	return order
}
