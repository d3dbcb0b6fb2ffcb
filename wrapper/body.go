package wrapper

import (
	"context"
	"io"
	"sync"

	"github.com/go-downloadview/downloadview/internal/checksum"
	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/splice"
)

// body is the reader of every window: exactly its bytes, then io.EOF once the source has confirmed its end, or a
// *fs.PathError with the file's name.
type body struct {
	name    string // of the file
	rc      io.ReadCloser
	left    int64 // bytes of the window; negative if the length is unknown
	err     error // of every further Read
	once    sync.Once
	cerr    error
	past    [1]byte // must stay empty: what follows the window
	release func()  // the connection of the limiter; may be nil
	leave   func()  // the admission; may be nil

	transparent bool // see Transparent

	response *Info             // metadata of the remote's first response, or nil
	verifier checksum.Verifier // of all bytes read, or nil: at the end, the body fails unless it confirms them
	ctx      context.Context   //nolint:containedctx // of the requests of verifier
	verified string            // the checksum that the body matched at its confirmed end
}

// Read reads like an io.Reader. After the last byte of the window one more Read confirms the end of the source. Only
// its io.EOF makes the bytes before it valid. A caller that must not send a corrupted block holds the last block
// back until then.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if b.left == 0 {
		return 0, b.end(b.confirmEnd())
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	if b.verifier != nil {
		splice.Mirror(p)
	}
	n, err := b.rc.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
	}
	if b.verifier != nil && n > 0 {
		if err := b.verifier.Write(b.ctx, p[:n]); err != nil {
			return 0, b.end(err)
		}
	}
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF && b.left > 0:
		err = io.ErrUnexpectedEOF
	case err == io.EOF:
		b.left = 0
	}
	if err = b.end(err); n > 0 {
		return n, nil // err is the next Read's
	}
	return n, err
}

// end keeps the error of this and every further Read. The end of the source is io.EOF only if the verifier confirms the
// bytes read.
func (b *body) end(err error) error {
	if err == io.EOF && b.verifier != nil {
		var failure error
		if b.verified, failure = b.verifier.Confirm(b.ctx); failure != nil {
			err = failure
		}
	}
	if err != io.EOF {
		err = pathError("read", b.name, err)
	}
	b.err = err
	return err
}

// sent returns the metadata of the first response or of the source's reader, with UnknownSize if there is none.
func (b *body) sent() Info {
	if b.response != nil {
		return *b.response
	}
	if got := infoOf(b.rc); got != nil {
		return *got
	}
	return Info{Size: UnknownSize}
}

// confirmEnd reads past the window, where only io.EOF is valid.
func (b *body) confirmEnd() error {
	n, err := resume.ReadSome(b.rc, b.past[:])
	if n > 0 {
		return ErrLength
	}
	return err
}

// fileReader is a reader of a file of the operating system, if IsFile returns true.
type fileReader interface {
	IsFile() bool
	SendTo(dst io.ReaderFrom, n int64) (int64, error)
}

// IsFile reports whether SendTo can send the content.
func (b *body) IsFile() bool {
	f, ok := b.rc.(fileReader)
	return ok && f.IsFile()
}

// SendTo moves up to n bytes of a file of the operating system to dst with its ReadFrom, which can use sendfile.
// It returns 0 and no error for other content. Read continues after the bytes sent. An error of dst is returned as
// it is.
func (b *body) SendTo(dst io.ReaderFrom, n int64) (int64, error) {
	f, ok := b.rc.(fileReader)
	if !ok || b.err != nil || b.left <= 0 {
		return 0, b.err
	}
	sent, err := f.SendTo(dst, min(n, b.left))
	b.left -= sent
	return sent, err
}

// Close closes the source once, then returns the connection to the limiter and leaves the admission.
func (b *body) Close() error {
	b.once.Do(func() {
		if b.leave != nil {
			defer b.leave()
		}
		if b.release != nil {
			defer b.release()
		}
		if err := b.rc.Close(); err != nil {
			b.cerr = pathError("close", b.name, err)
		}
	})
	return b.cerr
}

// Transparent reports whether Read passes its buffer on to a storage's connection. All that looks at the bytes in between
// is a verifier, which a mirrored pipe shows them.
func (b *body) Transparent() bool { return b.transparent }
