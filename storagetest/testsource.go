package storagetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-downloadview/downloadview/wrapper"
)

// TestSource tests a source with the content want against the contract of wrapper.Source, and a file of it with
// [TestFile]. It returns nil, or one error with a line for each broken clause. A nil want means that the content
// does not exist.
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

// sourceClauses are the clauses that a File would hide.
var sourceClauses = []clause{
	{name: "source-window", test: (*check).sourceWindows, only: nonEmpty},
	{name: "source-end", test: (*check).sourceEnd},
	{name: "source-info", test: (*check).sourceInfo},
	{name: "source-close-twice", test: (*check).sourceCloseTwice},
	{name: "source-fetch", test: (*check).sourceFetch, only: nonEmpty},
}

// sourceWindows reads windows from the source, which must end each window itself.
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

// sourceEnd expects io.EOF from every Read at the end. The server reads it twice, because it holds back the last
// block.
func (c *check) sourceEnd(ctx context.Context) error {
	rc, err := c.src.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	return readsToEnd(rc, c.want)
}

// sourceInfo expects the Info of a reader, if it has one, to match that of Stat.
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
	got, stat := d.Info(), c.info
	switch {
	case got.Size >= 0 && stat.Size >= 0 && got.Size != stat.Size:
		return fmt.Errorf("the reader's Info has %d bytes, Stat %d: Info is that of the complete content", got.Size, stat.Size)
	case got.ETag != "" && stat.ETag != "" && got.ETag != stat.ETag:
		return fmt.Errorf("the reader's Info has entity-tag %q, Stat %q", got.ETag, stat.ETag)
	case got.Version != "" && stat.Version != "" && got.Version != stat.Version:
		return fmt.Errorf("the reader's Info has version %q, Stat %q", got.Version, stat.Version)
	}
	return nil
}

// sourceCloseTwice allows the second Close to fail, but not to panic.
func (c *check) sourceCloseTwice(ctx context.Context) error {
	rc, err := c.src.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	err = rc.Close()
	_ = rc.Close()
	return err
}

// sourceFetch requests a suffix range from a Fetcher. The File does not correct the offset of the body.
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
