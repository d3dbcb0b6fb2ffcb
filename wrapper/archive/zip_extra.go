package archive

import (
	"encoding/binary"
	"iter"
	"math"
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

// appendZip64 appends the Zip64 field of values.
func appendZip64(b []byte, values ...int64) []byte {
	b = binary.LittleEndian.AppendUint16(b, extraZip64)
	b = binary.LittleEndian.AppendUint16(b, uint16(8*len(values)))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}

// widen replaces the values that did not fit into 32 bits.
func widen(values []uint64, field []byte) bool {
	for i, v := range values {
		if v != math.MaxUint32 {
			continue
		}
		if len(field) < 8 {
			return false
		}
		values[i] = binary.LittleEndian.Uint64(field)
		field = field[8:]
	}
	return true
}
