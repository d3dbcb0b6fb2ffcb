package archive

import (
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
)

var errClosed = fmt.Errorf("archive: %w", fs.ErrClosed)

// content reads the encoded content of a member within the window. It returns io.EOF after the last byte.
type content struct {
	encoded io.Reader
	left    int64 // of encoded

	raw       io.ReadCloser // nil if the window has a block header alone
	m         *member
	off, n    int64 // the content that raw reads
	needsCRC  bool  // raw has no CRC-32 yet, and the archive needs it
	crc       uint32
	before    *prefixCRC // the CRC-32 of the content before off, or nil
	streaming bool       // the next Read may have to wait for the storage
}

// span returns the part of a member's content that a range of its encoded content has.
func (m *member) span(from, to int64) (off, n int64) {
	if m.framed {
		from, to = contentOffset(from), contentOffset(to)
	}
	return from, to - from
}

// needed returns the part of the content of the i-th member that a window of the archive has.
func (l *layout) needed(i int, pos, end int64) (off, n int64) {
	m := &l.members[i]
	at := m.start + m.head
	return m.span(max(0, pos-at), max(0, min(m.body, end-at)))
}

// openContent opens the content of the current member from pos to the end of the window.
func (w *window) openContent() (*content, error) {
	m := &w.layout.members[w.i]
	at := m.start + m.head
	c := &content{m: m, left: min(w.end, at+m.body) - w.pos}
	c.off, c.n = w.layout.needed(w.i, w.pos, w.end)
	if c.n > 0 {
		var err error
		if c.raw, c.streaming, err = w.ahead.open(w.i, c.off, c.n); err != nil {
			return nil, w.layout.memberError(m, err)
		}
	}
	if read, ok := c.raw.(*buffered); ok {
		c.crc = read.crc
	} else {
		c.needsCRC = m.needsCRC(c.off, c.n)
	}
	c.encoded = (*rawContent)(c)
	if m.framed {
		c.encoded = &blocks{from: c.encoded, size: m.info.Size, at: w.pos - at}
	}
	if c.off > 0 && w.end > at+m.body {
		c.before = w.sums.prefix(m, c.off)
	}
	return c, nil
}

func (c *content) Read(p []byte) (n int, err error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err = c.encoded.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF && c.left > 0 {
		err = io.ErrUnexpectedEOF
	} else if err == io.EOF {
		err = nil // of the next Read
	}
	return n, err
}

func (c *content) Close() error {
	if c.raw == nil {
		return nil
	}
	return c.raw.Close()
}

// rawContent is the content of a member as its file has it.
type rawContent content

func (c *rawContent) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	if c.needsCRC {
		c.crc = crc32.Update(c.crc, crc32.IEEETable, p[:n])
	}
	return n, err
}

// needsCRC reports whether the CRC-32 of the content from off on is a part of the archive, or is compared with a known one.
func (m *member) needsCRC(off, n int64) bool { return (m.framed || m.known) && off+n == m.info.Size }

// finish ends the content of the current member: it is valid only if its end is confirmed and its CRC-32 is right.
func (w *window) finish() error {
	c := w.content
	w.content = nil
	return w.layout.memberError(c.m, w.confirmed(c))
}

func (w *window) confirmed(c *content) (err error) {
	if c.raw != nil {
		defer closeAfter(c.raw, &err)
		if err := confirmEnd(c.raw); err != nil {
			return err
		}
	}
	return w.sums.complete(c)
}
