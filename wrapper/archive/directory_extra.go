package archive

import (
	"encoding/binary"
	"iter"
	"time"
)

// Extra fields of a header (APPNOTE.TXT 6.3.10, section 4.5, and Info-ZIP's list).
const (
	extraZip64 = 0x0001
	extraNTFS  = 0x000a
	extraUnix  = 0x5455
)

// extraFields returns the extra fields of a header by their identifiers. It ends at the first malformed one, because some
// programs pad headers with bytes that are no field.
func extraFields(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= 4 {
			n := int(binary.LittleEndian.Uint16(b[2:]))
			if len(b) < 4+n || !yield(binary.LittleEndian.Uint16(b), b[4:4+n]) {
				return
			}
			b = b[4+n:]
		}
	}
}

// extraTime returns the modification time of an extra field that has one.
func extraTime(id uint16, field []byte) (unix int64, ok bool) {
	switch {
	case id == extraUnix && len(field) >= 5 && field[0]&1 != 0:
		return int64(int32(binary.LittleEndian.Uint32(field[1:]))), true // the field is signed
	case id == extraNTFS && len(field) >= 16 && binary.LittleEndian.Uint16(field[4:]) == 1:
		const ticks, since1601 = 10_000_000, 11_644_473_600 // 100 ns, from 1601 on
		return int64(binary.LittleEndian.Uint64(field[8:])/ticks) - since1601, true
	default:
		return 0, false
	}
}

// fromDOS returns an MS-DOS date and time as UTC, because the format has no zone. It returns 0 for no date.
func fromDOS(date, clock uint16) int64 {
	if date == 0 {
		return 0
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC).Unix()
}
