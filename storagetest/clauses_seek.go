package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing/iotest"
)

var seekClauses = []clause{
	{name: "reader", test: (*check).readerWhole},
	{name: "seek", test: (*check).seeks, only: seekable},
	{name: "seek-end", test: (*check).seekEnd, only: sized},
	{name: "read-at", test: (*check).readAt, only: seekable},
}

func (c *check) readerWhole(ctx context.Context) error {
	return readExactly(onlyRead{c.file.Reader(ctx)}, c.want)
}

// onlyRead hides every method but Read and Close.
type onlyRead struct{ io.ReadCloser }

// progressing is a reader that fails after many empty reads. iotest.TestReader would loop forever.
type progressing struct {
	r io.Reader
	io.Seeker
	io.ReaderAt
}

func (p progressing) Read(b []byte) (int, error) { return plain{p.r}.Read(b) }

// testReaderLimit is the longest content for iotest.TestReader, which reads in small steps.
const testReaderLimit = 4096

func (c *check) seeks(ctx context.Context) error {
	r := c.file.Reader(ctx)
	defer func() { _ = r.Close() }()
	if c.size() <= testReaderLimit {
		return iotest.TestReader(progressing{r, r, r}, c.want)
	}
	for _, off := range []int64{c.size() - 1, 0, c.size() / 2, 1} {
		if _, err := r.Seek(off, io.SeekStart); err != nil {
			return err
		}
		if err := readExactly(io.NopCloser(onlyRead{r}), c.want[off:]); err != nil {
			return fmt.Errorf("from %d on: %w", off, err)
		}
	}
	return nil
}

func (c *check) seekEnd(ctx context.Context) error {
	r := c.file.Reader(ctx)
	end, err := r.Seek(0, io.SeekEnd)
	if err == nil && end != c.size() {
		err = fmt.Errorf("offset %d from Seek to the end, want %d", end, c.size())
	}
	return errors.Join(err, r.Close())
}

func (c *check) readAt(ctx context.Context) error {
	r := c.file.Reader(ctx)
	defer func() { _ = r.Close() }()
	for _, off := range c.edges() {
		p := make([]byte, min(5, c.size()-off))
		n, err := r.ReadAt(p, off)
		if err != nil && err != io.EOF {
			return err
		}
		if err := sameBytes(p[:n], c.want[off:off+int64(len(p))]); err != nil {
			return fmt.Errorf("at %d: %w", off, err)
		}
	}
	if n, err := r.ReadAt(make([]byte, 1), c.size()); n != 0 || err != io.EOF {
		return fmt.Errorf("ReadAt at the end returned %d, %s, want 0, EOF", n, errText(err))
	}
	return nil
}
