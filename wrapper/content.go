package wrapper

import (
	"bytes"
	"context"
	"fmt"
	"io"
)

// Bytes returns a file with the content b, which must not be modified afterwards. It has no validators. WithInfo adds a
// modification time or an entity-tag, so that clients can revalidate and resume.
func Bytes(name string, b []byte) *File {
	return New(name, bytesSource(b))
}

type bytesSource []byte

func (s bytesSource) Stat(ctx context.Context) (Info, error) {
	return Info{Size: int64(len(s))}, ctx.Err()
}

func (s bytesSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	off = min(off, int64(len(s)))
	window := s[off:]
	if n >= 0 && n < int64(len(window)) {
		window = window[:n]
	}
	return io.NopCloser(bytes.NewReader(window)), ctx.Err()
}

func (s bytesSource) Local() bool { return true }

// ReaderAt returns a file whose content open provides, with its length in bytes. open is called for each body, and for
// metadata unless WithInfo gives a Size above 0. Content that is an io.Closer is closed after use. The file has ranges. It
// has no validators: WithInfo adds an entity-tag or a modification time, so that clients can revalidate and resume. ctx holds
// until the content is closed. For missing content the error of open must satisfy errors.Is(err, fs.ErrNotExist).
func ReaderAt(name string, open func(ctx context.Context) (content io.ReaderAt, size int64, err error)) *File {
	return New(name, openedSource(func(ctx context.Context) (io.ReadSeeker, io.Closer, error) {
		content, size, err := open(ctx)
		if err != nil {
			return nil, nil, err
		}
		closer, _ := content.(io.Closer)
		return io.NewSectionReader(content, 0, size), closer, nil
	}))
}

// ReadSeeker is [ReaderAt] for content that is read from its current offset, such as a decoder with an index. Its length is
// the offset of its end. Each call of open returns content of its own.
func ReadSeeker(name string, open func(ctx context.Context) (io.ReadSeeker, error)) *File {
	return New(name, openedSource(func(ctx context.Context) (io.ReadSeeker, io.Closer, error) {
		content, err := open(ctx)
		if err != nil {
			return nil, nil, err
		}
		closer, _ := content.(io.Closer)
		return content, closer, nil
	}))
}

// openedSource returns content and, unless it is nil, what closes it.
type openedSource func(context.Context) (io.ReadSeeker, io.Closer, error)

func (s openedSource) Stat(ctx context.Context) (Info, error) {
	b, err := s.open(ctx)
	if err != nil {
		return Info{}, err
	}
	return b.info, b.Close()
}

func (s openedSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	b, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := b.content.Seek(min(off, b.info.Size), io.SeekStart); err != nil {
		_ = b.Close()
		return nil, err
	}
	if b.Reader = b.content; n >= 0 {
		b.Reader = io.LimitReader(b.content, n)
	}
	return b, nil
}

func (s openedSource) open(ctx context.Context) (*openedBody, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	content, closer, err := s(ctx)
	if err != nil {
		return nil, err
	}
	b := &openedBody{ctx: ctx, content: content, closer: closer}
	if b.info.Size, err = content.Seek(0, io.SeekEnd); err != nil {
		_ = b.Close()
		return nil, fmt.Errorf("length of the content: %w", err)
	}
	return b, nil
}

type openedBody struct {
	io.Reader
	ctx     context.Context //nolint:containedctx // a read cannot be cancelled otherwise
	content io.ReadSeeker
	closer  io.Closer
	info    Info
}

func (b *openedBody) Info() Info { return b.info }

func (b *openedBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}

func (b *openedBody) Close() error {
	if b.closer == nil {
		return nil
	}
	return b.closer.Close()
}
