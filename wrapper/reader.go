package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
)

// Reader reads a file like a local one: an io.ReadSeekCloser, io.ReaderAt and io.WriterTo. It opens nothing before the
// first Read. Consecutive Reads share one request to the storage. A Seek makes no request, except the first one from
// the end, which requests the metadata. All reads are of one version: if the content is replaced, they fail with
// ErrChanged. ReadAt may be called by many goroutines at once, the other methods by one. Every error is a
// *fs.PathError, except io.EOF and the errors of the writer of WriteTo.
type Reader struct {
	file *File
	ctx  context.Context //nolint:containedctx // io.Reader has no other way to carry one

	pos    int64
	body   *body
	at     int64 // offset of body
	closed bool

	mu   sync.Mutex
	info *Info // from Stat
}

// Reader returns a reader of the file, which the caller must close. ctx holds for its life.
func (f *File) Reader(ctx context.Context) *Reader {
	return &Reader{file: f, ctx: ctx}
}

// Stat returns the metadata of the version that r reads. Only the first call makes a request.
func (r *Reader) Stat() (Info, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.info == nil {
		info, err := r.file.Stat(r.ctx)
		if err != nil {
			return Info{}, err
		}
		r.info = &info
	}
	return *r.info, nil
}

// Read reads from the current offset, up to io.EOF at the end of the content. A Read after a Seek to another offset sends
// a new request.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.position(); err != nil {
		return 0, err
	}
	n, err := r.body.Read(p)
	r.pos += int64(n)
	r.at = r.pos
	return n, err
}

// position opens body at pos, unless it is there already.
func (r *Reader) position() error {
	if r.closed {
		return pathError("read", r.file.name, fs.ErrClosed)
	}
	if r.body != nil && r.at == r.pos {
		return nil
	}
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
	info, err := r.Stat()
	if err != nil {
		return err
	}
	n := int64(-1)
	if info.Size >= 0 {
		if n = info.Size - r.pos; n <= 0 {
			return io.EOF
		}
	}
	b, err := r.file.openPinned(r.ctx, &info, r.pos, n)
	if err != nil {
		return pathError("open", r.file.name, err)
	}
	r.body, r.at = b, r.pos
	return nil
}

// Seek sets the offset of the next Read. From the end of content of unknown length it fails with
// errors.ErrUnsupported.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	var base int64
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		base = r.pos
	case io.SeekEnd:
		info, err := r.Stat()
		if err != nil {
			return 0, err
		}
		if info.Size < 0 {
			return 0, pathError("seek", r.file.name, errors.ErrUnsupported)
		}
		base = info.Size
	default:
		return 0, pathError("seek", r.file.name, fs.ErrInvalid)
	}
	if base+offset < 0 {
		return 0, pathError("seek", r.file.name, fs.ErrInvalid)
	}
	r.pos = base + offset
	return r.pos, nil
}

// ReadAt reads len(p) bytes from off with a request of its own, for exactly that window.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, pathError("read", r.file.name, fs.ErrInvalid)
	}
	if len(p) == 0 {
		return 0, nil
	}
	info, err := r.Stat()
	if err != nil {
		return 0, err
	}
	window := int64(-1) // the content may end before len(p) bytes
	if info.Size >= 0 {
		window = min(int64(len(p)), info.Size-off)
		if window <= 0 {
			return 0, io.EOF
		}
	}
	b, err := r.file.openPinned(r.ctx, &info, off, window)
	if err != nil {
		return 0, pathError("open", r.file.name, err)
	}
	n, err := b.fill(p)
	if cerr := b.Close(); err == nil || err == io.EOF && cerr != nil {
		err = cerr
	}
	if err == io.EOF {
		return n, err
	}
	return n, pathError("read", r.file.name, err)
}

// fill reads until p is full. At the end of the window it returns io.EOF, unless p holds exactly the window.
func (b *body) fill(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var got int
		got, err = b.Read(p[n:])
		n += got
	}
	if n == len(p) && b.left == 0 && err == nil {
		_, err = b.Read(p[:1]) // confirms the end of the source
	}
	if n == len(p) && err == io.EOF {
		err = nil
	}
	return n, err
}

// writeToBuffer is the size of the blocks of WriteTo.
const writeToBuffer = 64 << 10

// WriteTo writes the content from the current offset to its end.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	buf := make([]byte, writeToBuffer)
	var total int64
	for {
		n, err := r.Read(buf)
		if n > 0 {
			m, werr := w.Write(buf[:n])
			total += int64(m)
			if werr == nil && m < n {
				werr = io.ErrShortWrite
			}
			if werr != nil {
				return total, werr
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Close ends the request in flight. A later Read fails with fs.ErrClosed; a second Close does nothing.
func (r *Reader) Close() error {
	r.closed = true
	if r.body == nil {
		return nil
	}
	b := r.body
	r.body = nil
	return b.Close()
}
