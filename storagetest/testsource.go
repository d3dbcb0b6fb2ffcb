package storagetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-downloadview/downloadview/wrapper"
)

// TestSource tests whether a source keeps the contract of wrapper.Source for the content want, and whether
// a file of it passes [TestFile]. A want that is nil says that the content does not exist.
func TestSource(src wrapper.Source, want []byte) error {
	if src == nil {
		return errors.New("storagetest: TestSource of a nil source")
	}
	f := wrapper.New("source", src)
	if want == nil {
		return TestFile(f, want)
	}
	c := newCheck(f, want)
	c.src = src
	return c.run(concat(fileClauses, sourceClauses))
}

// sourceClauses are what a File would not let through, or would hide.
var sourceClauses = []clause{
	{name: "source-window", test: (*check).sourceWindows, only: nonEmpty},
	{name: "source-end", test: (*check).sourceEnd},
	{name: "source-info", test: (*check).sourceInfo},
	{name: "source-close-twice", test: (*check).sourceCloseTwice},
	{name: "source-fetch", test: (*check).sourceFetch, only: nonEmpty},
}

// sourceWindows reads windows from the source itself, which has to end them itself.
func (c *check) sourceWindows(ctx context.Context) error {
	for _, off := range c.edges() {
		rc, err := c.src.Open(ctx, off, 1)
		if err == nil {
			err = readExactly(rc, c.want[off:off+1])
		}
		if err != nil {
			return fmt.Errorf("[%d:%d]: %w", off, off+1, err)
		}
	}
	return nil
}

// sourceEnd wants the end told again and again, since whoever holds the last block back asks for it twice.
func (c *check) sourceEnd(ctx context.Context) error {
	rc, err := c.src.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	return readsToEnd(rc, c.want)
}

// sourceInfo wants a reader that tells what it reads to tell what Stat does.
func (c *check) sourceInfo(ctx context.Context) error {
	rc, err := c.src.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	d, ok := rc.(interface{ Info() wrapper.Info })
	if !ok {
		return nil
	}
	got, said := d.Info(), c.info
	switch {
	case got.Size >= 0 && said.Size >= 0 && got.Size != said.Size:
		return fmt.Errorf("the reader says %d bytes, Stat %d: Info is of the whole content", got.Size, said.Size)
	case got.ETag != "" && said.ETag != "" && got.ETag != said.ETag:
		return fmt.Errorf("the reader says entity-tag %q, Stat %q", got.ETag, said.ETag)
	case got.Version != "" && said.Version != "" && got.Version != said.Version:
		return fmt.Errorf("the reader says version %q, Stat %q", got.Version, said.Version)
	}
	return nil
}

// sourceCloseTwice lets the second Close fail, but not panic.
func (c *check) sourceCloseTwice(ctx context.Context) error {
	rc, err := c.src.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	err = rc.Close()
	_ = rc.Close()
	return err
}

// sourceFetch asks a Fetcher itself: what it may not leave to the File is where its body stands.
func (c *check) sourceFetch(ctx context.Context) error {
	f, ok := c.src.(wrapper.Fetcher)
	if !ok {
		return nil
	}
	resp, err := f.Fetch(ctx, wrapper.Request{Range: "bytes=-1"})
	if err != nil {
		return err
	}
	want := c.want[c.size()-1:]
	if len(resp.Ranges) == 0 {
		want = c.want
	}
	return readExactly(resp.Body, want)
}
