package archive

import (
	"io"

	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/wrapper"
)

// readAll fills p, which must be all that r has.
func readAll(r io.Reader, p []byte) error {
	if _, err := io.ReadFull(r, p); err != nil {
		return unexpectedEOF(err)
	}
	return confirmEnd(r)
}

func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// confirmEnd returns nil if a reader confirms the end of the content.
func confirmEnd(r io.Reader) error {
	var past [1]byte
	n, err := resume.ReadSome(r, past[:])
	switch {
	case n > 0:
		return wrapper.ErrLength
	case err == io.EOF:
		return nil
	default:
		return err
	}
}

// drain reads to the end, of at most limit bytes, so that the source confirms it and its connection can be used again.
func drain(r io.Reader, limit int64) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = wrapper.ErrLength
	}
	return err
}

// closeAfter closes c, also after a panic, and sets err if it is nil.
func closeAfter(c io.Closer, err *error) { //nolint:gocritic // the result of the deferring function
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}
