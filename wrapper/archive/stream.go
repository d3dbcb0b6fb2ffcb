package archive

import (
	"compress/flate"
	"context"
	"hash/crc32"
	"io"
	"slices"

	"github.com/go-downloadview/downloadview/wrapper"
)

// stream opens the first n bytes of a zip archive of unknown length, or all if n is negative.
func (l *layout) stream(ctx context.Context, n int64) (io.ReadCloser, error) {
	return wrapper.Func(l.archive, func(ctx context.Context, w io.Writer) error {
		s := &stream{layout: *l, w: w, buf: make([]byte, 64<<10)}
		s.layout.members = slices.Clone(l.members)
		return s.write(ctx)
	}).Open(ctx, 0, n)
}

// stream writes a zip archive whose offsets are known only when they are reached.
type stream struct {
	layout layout // with members of known length, as far as they are written
	w      io.Writer
	at     int64
	buf    []byte
	ahead  *ahead
}

func (s *stream) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.at += int64(n)
	return n, err
}

func (s *stream) write(ctx context.Context) error {
	l := &s.layout
	s.ahead = newAhead(ctx, l, 0, maxSize)
	defer s.ahead.close()
	for i := range l.members {
		m := &l.members[i]
		m.start = s.at
		if err := s.member(i); err != nil {
			return l.memberError(m, err)
		}
	}
	l.content = s.at
	for rel, end := int64(0), l.format.close(l); rel < end; {
		from, to := l.format.batch(l, rel, end)
		part, _ := l.format.records(l, from, to, func(m *member) uint32 { return m.crc })
		rel += int64(len(part))
		if _, err := s.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// member writes a member, and sets its lengths and its CRC-32.
func (s *stream) member(i int) error {
	m := &s.layout.members[i]
	if _, err := s.Write(s.layout.format.header(m)); err != nil {
		return err
	}
	from := s.at
	var w io.Writer = struct{ io.Writer }{s}
	var packed *flate.Writer
	if m.framed {
		level := flate.NoCompression
		if m.deflate {
			level = flate.DefaultCompression
		}
		packed, _ = flate.NewWriter(s, level)
		w = struct{ io.Writer }{packed}
	}
	sum, size, err := s.content(i, w)
	if err != nil {
		return err
	}
	if packed != nil {
		if err := packed.Close(); err != nil {
			return err
		}
	}
	if m.known && m.crc != sum {
		return wrapper.ErrChecksum
	}
	m.crc, m.info.Size, m.body = sum, size, s.at-from
	_, err = s.Write(s.layout.format.footer(m, sum))
	return err
}

// content copies the content of a member to w.
func (s *stream) content(i int, w io.Writer) (sum uint32, size int64, err error) {
	m := &s.layout.members[i]
	if m.info.Size == 0 {
		return 0, 0, nil
	}
	rc, _, err := s.ahead.open(i, 0, m.info.Size)
	if err != nil {
		return 0, 0, err
	}
	defer rc.Close()
	h := crc32.NewIEEE()
	size, err = io.CopyBuffer(io.MultiWriter(w, h), struct{ io.Reader }{rc}, s.buf)
	return h.Sum32(), size, err
}
