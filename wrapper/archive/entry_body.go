package archive

import (
	"bufio"
	"compress/flate"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/go-downloadview/downloadview/wrapper"
)

// entryBody is the content of a file, or a part of it. Its io.EOF confirms the CRC-32 of a whole file.
type entryBody struct {
	info    wrapper.Info
	content io.Reader
	packed  *packed       // nil: no content
	decoder io.ReadCloser // of a deflated file, else nil
	source  *bufio.Reader // of decoder

	left  int64 // bytes to come
	whole bool
	hash  hash.Hash32
	crc   uint32
	err   error // of every further Read
}

// Info makes a file detect that the archive was replaced.
func (b *entryBody) Info() wrapper.Info { return b.info }

func (b *entryBody) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.left == 0 {
		b.err = b.end()
		return 0, b.err
	}
	n, err := b.content.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if b.whole {
		_, _ = b.hash.Write(p[:n])
	}
	switch {
	case err == io.EOF && b.left > 0:
		b.err = fmt.Errorf("%w: content ends %d bytes early", ErrFormat, b.left)
	case err != nil && err != io.EOF:
		b.err = err
	}
	if n > 0 {
		return n, nil // the error is the next Read's
	}
	return n, b.err
}

// end returns io.EOF if the content is complete and intact.
func (b *entryBody) end() error {
	if b.decoder != nil && !b.whole {
		return io.EOF
	}
	if b.decoder != nil {
		if n, err := io.CopyN(io.Discard, b.decoder, 1); n > 0 || err != io.EOF {
			return fmt.Errorf("%w: content is longer than %d bytes", ErrFormat, b.info.Size)
		}
		if b.source.Buffered() > 0 {
			return fmt.Errorf("%w: %d bytes of content follow its end", ErrFormat, b.source.Buffered())
		}
	}
	if b.packed != nil {
		if err := b.packed.end(); err != nil {
			return err
		}
	}
	if b.whole && b.hash.Sum32() != b.crc {
		return wrapper.ErrChecksum
	}
	return io.EOF
}

func (b *entryBody) Close() error {
	if b.decoder != nil {
		_ = b.decoder.Close()
		decoders.Put(b.decoder)
		b.decoder = nil
		b.content = nil
	}
	if b.err == nil {
		b.err = io.ErrClosedPipe
	}
	if b.packed == nil {
		return nil
	}
	p := b.packed
	b.packed = nil
	return p.from.Close()
}

// decoders holds decoders of about 40 KiB each.
var decoders = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate decodes the content.
func (b *entryBody) inflate() {
	b.source = bufio.NewReader(b.packed) // an io.ByteReader, so that the decoder reads no further than the content
	b.decoder = decoders.Get().(io.ReadCloser)
	if err := b.decoder.(flate.Resetter).Reset(b.source, nil); err != nil {
		b.err = err
	}
	b.content = b.decoder
}
