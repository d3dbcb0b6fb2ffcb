package localfile

import (
	"context"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Reader reads a window of an open regular file. At the end it compares the file's size and times with those at
// opening: a file that was rewritten in place is resume.ErrChanged.
type Reader struct {
	ctx    context.Context //nolint:containedctx // a local read cannot be cancelled otherwise
	file   fs.File
	closer io.Closer   // of the file
	opened fs.FileInfo // when the file was opened
	shared bool        // versions may share the time of opened
	end    int64       // of the window
	left   int64
	part   io.LimitedReader // of SendTo
}

// NewReader seeks an open file to off, to read n bytes or, when n is negative, everything. Close closes c. After an error
// the caller closes it.
func NewReader(ctx context.Context, f fs.File, c io.Closer, off, n int64) (*Reader, error) {
	r := &Reader{ctx: ctx, file: f, closer: c}
	if err := r.describe(); err != nil {
		return nil, err
	}
	err := r.Start(off, n)
	return r, err
}

// describe reads the metadata of the file.
func (r *Reader) describe() (err error) {
	if r.opened, err = r.file.Stat(); err != nil {
		return cause(err)
	}
	if !r.opened.Mode().IsRegular() {
		return errNotRegular
	}
	return nil
}

// Start makes r, whose file is open, read a window of it like NewReader.
func (r *Reader) Start(off, n int64) error {
	if off > 0 {
		if err := skip(r.file, off); err != nil {
			return err
		}
	}
	r.left = max(r.opened.Size()-off, 0)
	if n >= 0 {
		r.left = min(r.left, n)
	}
	r.shared, r.end = !distinguishes(r.opened.ModTime(), time.Now()), off+r.left
	return nil
}

func skip(f fs.File, off int64) error {
	if s, ok := f.(io.Seeker); ok {
		_, err := s.Seek(off, io.SeekStart)
		return cause(err)
	}
	if _, err := io.CopyN(io.Discard, f, off); err != nil && err != io.EOF {
		return cause(err)
	}
	return nil
}

// FileInfo describes the file as it was opened.
func (r *Reader) FileInfo() fs.FileInfo { return r.opened }

func (r *Reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.left == 0 {
		return 0, r.confirmUnchanged()
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.file.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = resume.ErrChanged // truncated in place
	}
	if err == io.EOF {
		err = nil // returned by confirmUnchanged
	}
	return n, cause(err)
}

func (r *Reader) confirmUnchanged() error {
	fi, err := r.file.Stat()
	if err != nil {
		return cause(err)
	}
	if rewritten(r.opened, fi, r.shared) {
		return resume.ErrChanged
	}
	return io.EOF
}

// IsFile reports whether the file is one of the operating system.
func (r *Reader) IsFile() bool {
	_, ok := r.file.(*os.File)
	return ok
}

// SendTo copies up to n bytes of a file of the operating system to dst with its ReadFrom. It copies nothing of any other
// file. After an error it can be called again: a dst that copies with a buffer has read more than it has written, so the
// file is set back to the first byte that is not written.
func (r *Reader) SendTo(dst io.ReaderFrom, n int64) (int64, error) {
	f, ok := r.file.(*os.File)
	if !ok {
		return 0, nil
	}
	r.part = io.LimitedReader{R: f, N: min(n, r.left)}
	sent, err := dst.ReadFrom(&r.part)
	r.left -= sent
	if err != nil {
		if _, failure := f.Seek(r.end-r.left, io.SeekStart); failure != nil {
			return sent, cause(failure)
		}
	}
	return sent, err
}

// Close closes the file, if there is one.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}
