package wrapper

import (
	"io"
	"sync"
)

// body is what every read of a file goes through: exactly the window that was asked for, then io.EOF once
// the source has confirmed its end, or an error that is not io.EOF.
type body struct {
	rc    io.ReadCloser
	left  int64     // bytes still to come; negative when the length is unknown
	err   error     // sticky
	sum   *checksum // of everything that is read, or nil
	leave func()
	once  sync.Once
	cerr  error
	past  [1]byte // what must not follow the end
}

func newBody(rc io.ReadCloser, n int64, leave func()) *body {
	return &body{rc: rc, left: n, leave: leave}
}

// Read reads like an io.Reader. After the last byte of the window one more Read asks the source for its
// end: only io.EOF makes the bytes before it good, so a caller that must not send a corrupted block
// holds the last one back until then.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if b.left == 0 {
		b.err = b.confirmEnd()
		return 0, b.err
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.rc.Read(p)
	b.advance(int64(n))
	if b.sum != nil {
		_, _ = b.sum.Write(p[:n])
	}
	switch {
	case err == io.EOF && b.left > 0:
		b.err = io.ErrUnexpectedEOF
	case err == io.EOF && b.left < 0:
		b.left, b.err = 0, b.whole()
	case err == io.EOF: // the window is full and the source is at its end
		b.err = b.whole()
	case err != nil:
		b.err = err
	}
	if n > 0 {
		return n, nil // b.err is told by the next Read
	}
	return 0, b.err
}

func (b *body) advance(n int64) {
	if b.left > 0 {
		b.left -= n
	}
}

// emptyReads bounds how often a source may return nothing and no error before it is given up.
const emptyReads = 100

// confirmEnd reads past the window, where nothing may be but io.EOF.
func (b *body) confirmEnd() error {
	for range emptyReads {
		n, err := b.rc.Read(b.past[:])
		if n > 0 {
			return ErrLength
		}
		if err == io.EOF {
			return b.whole()
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// whole returns io.EOF when what was read fits its checksum.
func (b *body) whole() error {
	if b.sum != nil {
		if err := b.sum.confirm(); err != nil {
			return err
		}
	}
	return io.EOF
}

// SendTo moves up to n bytes of an operating system's file to dst by its ReadFrom, which the kernel may
// do by itself (sendfile). It returns 0 and no error for any other content. What it leaves is read by Read.
func (b *body) SendTo(dst io.ReaderFrom, n int64) (int64, error) {
	f, ok := b.rc.(interface {
		sendTo(dst io.ReaderFrom, n int64) (int64, error)
	})
	if !ok || b.err != nil || b.left <= 0 {
		return 0, b.err
	}
	sent, err := f.sendTo(dst, min(n, b.left))
	b.advance(sent)
	return sent, err
}

// Close closes the source once and leaves the file's gates.
func (b *body) Close() error {
	b.once.Do(func() {
		b.cerr = b.rc.Close()
		b.leave()
	})
	return b.cerr
}
