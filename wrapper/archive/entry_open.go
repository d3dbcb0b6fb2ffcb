package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// nearby is how many bytes of a file are read and dropped, to spare a request for its local header.
const nearby = 1 << 20

// open opens n bytes of a file from off, or all from off if n is negative.
func (s *entrySource) open(ctx context.Context, d *directory, e *entry, off, n int64) (io.ReadCloser, error) {
	body := &entryBody{info: d.infoOf(e)}
	body.left = max(e.size-off, 0)
	if n >= 0 {
		body.left = min(body.left, n)
	}
	if body.whole = body.left == e.size; body.whole {
		body.hash, body.crc = crc32.NewIEEE(), e.crc
	}
	if body.left == 0 {
		return body, nil
	}
	if e.method == methodStored {
		packed, err := s.openPacked(ctx, d, e, off, body.left)
		if err != nil {
			return nil, err
		}
		body.packed, body.content = packed, packed
		return body, nil
	}
	if off > 0 {
		return nil, fmt.Errorf("deflated file has no ranges: %w", errors.ErrUnsupported)
	}
	packed, err := s.openPacked(ctx, d, e, 0, e.packed)
	if err != nil {
		return nil, err
	}
	body.packed = packed
	body.inflate()
	return body, nil
}

// packed is a window of the content as it is in the archive. slack is how much of the request follows the window.
type packed struct {
	io.Reader
	from  io.ReadCloser
	left  *io.LimitedReader
	slack int64
}

// openPacked opens n bytes of the content as it is in the archive. The length of the local header is stated in the header
// alone. Where it is not known, the request begins with the header and ends where the window must have ended.
func (s *entrySource) openPacked(ctx context.Context, d *directory, e *entry, off, n int64) (*packed, error) {
	if e.packed == 0 {
		return nil, fmt.Errorf("%w: no content for a file of %d bytes", ErrFormat, e.size)
	}
	data := e.data.Load()
	if data == 0 && off > nearby {
		header := make([]byte, localSize+len(e.name))
		if err := d.readAt(ctx, s.archive, header, e.off); err != nil {
			return nil, err
		}
		if err := e.readLocal(bytes.NewReader(header)); err != nil {
			return nil, err
		}
		data = e.data.Load()
	}
	if data > 0 {
		from, err := d.open(ctx, s.archive, data+off, n)
		if err != nil {
			return nil, err
		}
		return newPacked(from, n, 0), nil
	}
	latest := min(e.end-e.packed, e.off+localSize+int64(len(e.name))+math.MaxUint16) // where the content must begin
	length := latest + off + n - e.off
	from, err := d.open(ctx, s.archive, e.off, length)
	if err != nil {
		return nil, err
	}
	if err := e.skipTo(from, off); err != nil {
		_ = from.Close()
		return nil, err
	}
	return newPacked(from, n, latest-e.data.Load()), nil
}

func newPacked(from io.ReadCloser, n, slack int64) *packed {
	left := &io.LimitedReader{R: from, N: n}
	return &packed{Reader: left, from: from, left: left, slack: slack}
}

// end confirms the end of the request.
func (p *packed) end() error {
	if p.left.N > 0 {
		return fmt.Errorf("%w: %d bytes of content follow its end", ErrFormat, p.left.N)
	}
	return drain(p.from, p.slack)
}

// skipTo reads the local header, and the content before off.
func (e *entry) skipTo(r io.Reader, off int64) error {
	if err := e.readLocal(r); err != nil {
		return err
	}
	skip := e.data.Load() - e.off - localSize - int64(len(e.name)) + off
	if _, err := io.CopyN(io.Discard, r, skip); err != nil {
		return unexpectedEOF(err)
	}
	return nil
}

// readLocal reads the local header of a file up to its name, and sets where the content begins. The header must agree with
// the directory.
func (e *entry) readLocal(r io.Reader) error {
	b := make([]byte, localSize+len(e.name))
	if _, err := io.ReadFull(r, b); err != nil {
		return unexpectedEOF(err)
	}
	flags := binary.LittleEndian.Uint16(b[6:])
	extra := int64(binary.LittleEndian.Uint16(b[28:]))
	data := e.off + int64(len(b)) + extra
	switch {
	case !bytes.HasPrefix(b, []byte(localMark)):
		return fmt.Errorf("%w: no local header at offset %d", ErrFormat, e.off)
	case int(binary.LittleEndian.Uint16(b[26:])) != len(e.name) || string(b[localSize:]) != e.name:
		return fmt.Errorf("%w: the name in the local header is not that in the directory", ErrFormat)
	case binary.LittleEndian.Uint16(b[8:]) != e.method || (flags^e.flags)&flagEncrypted != 0:
		return fmt.Errorf("%w: the method in the local header is not that in the directory", ErrFormat)
	case !e.agrees(b, flags):
		return fmt.Errorf("%w: length or CRC-32 in the local header is not that in the directory", ErrFormat)
	case data > e.end-e.packed:
		return fmt.Errorf("%w: local header of %d bytes leaves no room for the content", ErrFormat, data-e.off)
	}
	e.data.Store(data)
	return nil
}

// agrees reports whether CRC-32 and lengths of a local header are those of the directory. They are 0 where they follow the
// content, and the largest number where the Zip64 field has them.
func (e *entry) agrees(b []byte, flags uint16) bool {
	equal := func(at int, want int64) bool {
		got := binary.LittleEndian.Uint32(b[at:])
		return int64(got) == want || got == 0 && flags&flagDescriptor != 0 || at > 14 && got == math.MaxUint32
	}
	return equal(14, int64(e.crc)) && equal(18, e.packed) && equal(22, e.size)
}
