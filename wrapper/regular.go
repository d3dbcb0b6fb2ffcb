package wrapper

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// regularFile reads a window of an open regular file. At the end it compares the file's size and times with those at
// opening: a file that was rewritten in place is ErrChanged.
type regularFile struct {
	ctx  context.Context //nolint:containedctx // a local read cannot be cancelled otherwise
	file fs.File
	at   fs.FileInfo // when it was opened
	info Info
	left int64
}

// openRegular seeks an open file to off, to read n bytes or, when n is negative, everything.
func openRegular(ctx context.Context, f fs.File, off, n int64) (*regularFile, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, refined(err)
	}
	if !fi.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if off > 0 {
		if err := skip(f, off); err != nil {
			return nil, err
		}
	}
	left := max(fi.Size()-off, 0)
	if n >= 0 {
		left = min(left, n)
	}
	return &regularFile{ctx: ctx, file: f, at: fi, info: localInfo(fi), left: left}, nil
}

func skip(f fs.File, off int64) error {
	if s, ok := f.(io.Seeker); ok {
		_, err := s.Seek(off, io.SeekStart)
		return refined(err)
	}
	if _, err := io.CopyN(io.Discard, f, off); err != nil && err != io.EOF {
		return refined(err)
	}
	return nil
}

func (r *regularFile) Info() Info { return r.info }

func (r *regularFile) Read(p []byte) (int, error) {
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
		err = ErrChanged // truncated in place
	}
	if err == io.EOF {
		err = nil // returned by confirmUnchanged
	}
	return n, refined(err)
}

func (r *regularFile) confirmUnchanged() error {
	fi, err := r.file.Stat()
	if err != nil {
		return refined(err)
	}
	if rewritten(r.at, fi, r.info.file != nil) {
		return ErrChanged
	}
	return io.EOF
}

// sendTo copies n bytes of an *os.File to dst; see body.SendTo.
func (r *regularFile) sendTo(dst io.ReaderFrom, n int64) (int64, error) {
	f, ok := r.file.(*os.File)
	if b, isBlob := r.file.(blobFile); isBlob {
		f, ok = b.File, true
	}
	if !ok {
		return 0, nil
	}
	sent, err := dst.ReadFrom(&io.LimitedReader{R: f, N: min(n, r.left)})
	r.left -= sent
	return sent, err
}

func (r *regularFile) Close() error { return r.file.Close() }
