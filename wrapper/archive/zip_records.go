package archive

import (
	"encoding/binary"
)

const (
	unixSystem = 3
	unixMode   = 0o100644 << 16 // a regular file, in the external attributes
)

func madeBy(version uint16) uint16 { return unixSystem<<8 | version }

// header returns the local header.
func (zipFormat) header(m *member) []byte {
	version := uint16(zipVersion)
	if m.zip64() {
		version = zip64Version
	}
	extra := m.localExtra()
	b := make([]byte, 0, localSize+len(m.name)+len(extra))
	b = append(b, localMark...)
	if m.framed {
		b = m.appendCommon(b, version, 0, m.placeholder(), m.placeholder(), len(extra))
	} else {
		b = m.appendCommon(b, version, m.crc, short(m.body), short(m.info.Size), len(extra))
	}
	b = append(b, m.name...)
	return append(b, extra...)
}

// placeholder is the value of the lengths in a local header before a descriptor. The one of Zip64 states that the
// descriptor has lengths of 64 bits.
func (m *member) placeholder() uint32 {
	if m.zip64() {
		return max32
	}
	return 0
}

// appendCommon appends the fields that a local header and a record share.
func (m *member) appendCommon(b []byte, version uint16, crc, packed, size uint32, extra int) []byte {
	le := binary.LittleEndian
	flags, method := uint16(0), uint16(methodStored)
	if m.framed {
		flags, method = flagDescriptor, methodDeflate
	}
	if !isASCII(m.name) {
		flags |= flagUTF8
	}
	day, clock := dosTime(m.info.ModTime)
	for _, v := range [...]uint16{version, flags, method, clock, day} {
		b = le.AppendUint16(b, v)
	}
	for _, v := range [...]uint32{crc, packed, size} {
		b = le.AppendUint32(b, v)
	}
	b = le.AppendUint16(b, uint16(len(m.name)))
	return le.AppendUint16(b, uint16(extra))
}

// footer returns the descriptor after the content.
func (zipFormat) footer(m *member, crc uint32) []byte {
	if !m.framed {
		return nil
	}
	le := binary.LittleEndian
	b := []byte(descriptorMark)
	b = le.AppendUint32(b, crc)
	if m.zip64() {
		return le.AppendUint64(le.AppendUint64(b, uint64(m.body)), uint64(m.info.Size))
	}
	return le.AppendUint32(le.AppendUint32(b, short(m.body)), short(m.info.Size))
}

// appendRecord appends the record in the central directory.
func (m *member) appendRecord(b []byte, crc uint32) []byte {
	le := binary.LittleEndian
	version := uint16(zipVersion)
	if m.zip64() || m.start >= max32 {
		version = zip64Version
	}
	extra := m.centralExtra()
	b = append(b, centralMark...)
	b = le.AppendUint16(b, madeBy(version))
	b = m.appendCommon(b, version, crc, short(m.body), short(m.info.Size), len(extra))
	b = append(b, make([]byte, 6)...) // no comment, disk 0, no internal attributes
	b = le.AppendUint32(b, unixMode)
	b = le.AppendUint32(b, short(m.start))
	b = append(b, m.name...)
	return append(b, extra...)
}

// localExtra returns the extra fields of the local header.
func (m *member) localExtra() []byte {
	if !m.zip64() {
		return m.appendTime(nil)
	}
	size, packed := m.info.Size, m.body
	if m.framed {
		size, packed = 0, 0 // in the descriptor
	}
	return m.appendTime(appendZip64(nil, size, packed))
}

// centralExtra returns the extra fields of the record: of the Zip64 values, those whose field is too short.
func (m *member) centralExtra() []byte {
	var long []int64
	for _, v := range [...]int64{m.info.Size, m.body, m.start} {
		if v >= max32 {
			long = append(long, v)
		}
	}
	if long == nil {
		return m.appendTime(nil)
	}
	return m.appendTime(appendZip64(nil, long...))
}
