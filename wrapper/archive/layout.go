package archive

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/go-downloadview/downloadview/wrapper"
)

// format is the layout of an archive: for each member a header, its encoded content and a footer, then a trailer.
type format interface {
	name() string
	mediaType() string

	// measure sets the lengths of a member's parts, and whether its CRC-32 is known.
	measure(m *member) error

	// close sets the offsets of the records in the trailer and returns the length of the trailer.
	close(l *layout) int64

	header(m *member) []byte
	footer(m *member, crc uint32) []byte

	// batch returns the members whose records in the trailer come next, from the offset rel of the trailer on and before
	// limit. There are none at the end of the trailer, which records returns then.
	batch(l *layout, rel, limit int64) (from, to int)

	// records returns the bytes of consecutive records, and their offset in the trailer. crc is that of a member.
	records(l *layout, from, to int, crc func(*member) uint32) (part []byte, off int64)
}

// member is a described member of an archive.
type member struct {
	name    string
	file    *wrapper.File
	info    wrapper.Info // of the version to read
	deflate bool

	framed bool // zip: in blocks, with a descriptor after them, because the CRC-32 comes after the content
	known  bool // zip: crc is known before the content is read
	crc    uint32

	start  int64 // offset of the header in the archive
	head   int64 // length of the header
	body   int64 // length of the encoded content
	foot   int64 // length of the footer
	index  int
	record int64 // zip: offset of the member's record in the trailer
}

func (m *member) end() int64 { return m.start + m.head + m.body + m.foot }

// layout is one version of an archive. It is immutable, except for the checksums.
type layout struct {
	archive    string // its name
	format     format
	options    *Options
	members    []member
	size       int64 // wrapper.UnknownSize if unknown
	content    int64 // offset of the trailer
	directory  int64 // zip: length of the records
	sequential bool  // readable from its beginning only
	tag        string
	sums       *sums
}

// maxSize keeps sums of offsets within an int64.
const maxSize = math.MaxInt64 / 4

// newLayout arranges described members.
func newLayout(s *source, members []member) (*layout, error) {
	f := s.format
	l := &layout{archive: s.name, format: f, options: &s.options, members: members, size: wrapper.UnknownSize}
	exact := true
	for i := range members {
		m := &members[i]
		if err := f.measure(m); err != nil {
			return nil, l.memberError(m, err)
		}
		if m.info.Size < 0 || m.deflate {
			exact = false
		}
		l.sequential = l.sequential || !exact || m.info.Sequential
		m.start = l.content
		if l.content = m.end(); l.content > maxSize {
			return nil, l.memberError(m, errors.New("archive is too large"))
		}
	}
	if trailer := f.close(l); exact {
		l.size = l.content + trailer
	}
	l.tag = l.entityTag()
	l.sums = newSums(l)
	return l, nil
}

// at returns the index of the member at an offset, or len(members) for the trailer.
func (l *layout) at(off int64) int {
	if off >= l.content {
		return len(l.members)
	}
	return sort.Search(len(l.members), func(i int) bool { return l.members[i].end() > off })
}

func (l *layout) info() wrapper.Info {
	return wrapper.Info{Size: l.size, ETag: l.tag, ContentType: l.format.mediaType(), Sequential: l.sequential}
}

// matches reports whether info can be the metadata of the layout.
func (l *layout) matches(info *wrapper.Info) bool {
	return l != nil && l.size == info.Size && l.tag == info.ETag
}

// memberError returns an error with the names of the format and the member.
func (l *layout) memberError(m *member, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %q: %w", l.format.name(), m.name, err)
}
