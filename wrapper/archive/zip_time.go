package archive

import (
	"encoding/binary"
	"math"
	"time"
)

// appendTime appends the extended timestamp of a time that it can hold: in seconds, from 1901 to 2038.
func (m *member) appendTime(b []byte) []byte {
	t := m.info.ModTime
	if s := t.Unix(); t.IsZero() || s < math.MinInt32 || s > math.MaxInt32 {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, extraUnix)
	b = append(b, 5, 0, 1) // its length, and the flag of a modification time
	return binary.LittleEndian.AppendUint32(b, uint32(t.Unix()))
}

// The first and the last time that an MS-DOS date can hold.
var (
	dosFirst = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	dosLast  = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
)

// dosTime returns a time as an MS-DOS date and time, in UTC. It returns the nearest one that there is.
func dosTime(t time.Time) (day, clock uint16) {
	switch {
	case t.Before(dosFirst):
		t = dosFirst
	case t.After(dosLast):
		t = dosLast
	}
	t = t.UTC()
	return uint16(t.Day() + int(t.Month())<<5 + (t.Year()-1980)<<9),
		uint16(t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)
}

// fromDOS returns an MS-DOS date and time as UTC, because the format has no zone. It returns 0 for no date.
func fromDOS(date, clock uint16) int64 {
	if date == 0 {
		return 0
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC).Unix()
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
