package archive

import (
	"encoding/binary"
	"sort"
)

// zipFormat is the format of zip archives.
type zipFormat struct{}

func (zipFormat) name() string      { return "zip" }
func (zipFormat) mediaType() string { return "application/zip" }

func (zipFormat) measure(m *member) error {
	m.crc, m.known = knownCRC(&m.info)
	m.framed = !m.known || m.deflate
	m.body = m.info.Size
	if m.framed {
		m.body = framedLength(m.info.Size)
		m.foot = descriptorSize
		if m.zip64() {
			m.foot += 8
		}
	}
	m.head = localSize + int64(len(m.name)+len(m.localExtra()))
	return nil
}

// zip64 reports whether the lengths of the content need Zip64.
func (m *member) zip64() bool { return m.info.Size >= max32 || m.body >= max32 }

func (zipFormat) close(l *layout) int64 {
	at := int64(0)
	for i := range l.members {
		m := &l.members[i]
		m.record = at
		at += centralSize + int64(len(m.name)+len(m.centralExtra()))
	}
	l.directory = at
	if l.zip64() {
		return at + end64Size + locatorSize + endSize
	}
	return at + endSize
}

// zip64 reports whether the end of the archive needs Zip64.
func (l *layout) zip64() bool {
	return len(l.members) >= max16 || l.directory >= max32 || l.content >= max32
}

// zipBatch is how many bytes of records are made at once.
const zipBatch = 32 << 10

func (zipFormat) batch(l *layout, rel, limit int64) (from, to int) {
	n := len(l.members)
	if rel >= l.directory {
		return n, n
	}
	limit = min(limit, rel+zipBatch)
	from = sort.Search(n, func(i int) bool { return l.members[i].record > rel }) - 1
	to = sort.Search(n, func(i int) bool { return l.members[i].record >= limit })
	return from, to
}

func (zipFormat) records(l *layout, from, to int, crc func(*member) uint32) (part []byte, off int64) {
	if from == to {
		return l.zipEnd(), l.directory
	}
	for i := from; i < to; i++ {
		m := &l.members[i]
		part = m.appendRecord(part, crc(m))
	}
	return part, l.members[from].record
}

// zipEnd returns the end of the archive.
func (l *layout) zipEnd() []byte {
	le, n := binary.LittleEndian, uint64(len(l.members))
	size, off := uint64(l.directory), uint64(l.content)
	var b []byte
	if l.zip64() {
		b = append(b, end64Mark...)
		b = le.AppendUint64(b, end64Size-12)
		b = le.AppendUint16(b, madeBy(zip64Version))
		b = le.AppendUint16(b, zip64Version)
		b = append(b, make([]byte, 8)...) // disks
		for _, v := range [...]uint64{n, n, size, off} {
			b = le.AppendUint64(b, v)
		}
		b = append(b, locatorMark...)
		b = append(b, make([]byte, 4)...) // disk
		b = le.AppendUint64(b, off+size)
		b = le.AppendUint32(b, 1) // disks
	}
	b = append(b, endMark...)
	b = append(b, make([]byte, 4)...) // disks
	count := uint16(min(n, max16))
	b = le.AppendUint16(le.AppendUint16(b, count), count)
	b = le.AppendUint32(b, short(l.directory))
	b = le.AppendUint32(b, short(l.content))
	return append(b, 0, 0) // no comment
}

// short returns the value of a field of 32 bits.
func short(v int64) uint32 { return uint32(min(v, max32)) }
