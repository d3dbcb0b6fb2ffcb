package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"sync"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

var describeClauses = []clause{
	{name: "stat", test: (*check).stat},
	{name: "stat-size", test: (*check).statSize},
	{name: "stat-stable", test: (*check).statStable},
	{name: "etag", test: (*check).etagValid, only: tagged},
}

func (c *check) stat(ctx context.Context) (err error) {
	c.info, err = c.file.Stat(ctx)
	return err
}

func (c *check) statSize(context.Context) error {
	switch {
	case c.info.Size == c.size():
		return nil
	case c.info.Size == wrapper.UnknownSize && c.info.Sequential:
		return nil
	case c.info.Size < wrapper.UnknownSize:
		return fmt.Errorf("size %d from Stat is negative", c.info.Size)
	case c.info.Size == wrapper.UnknownSize:
		return errors.New("the size is unknown, but the content is not Sequential")
	default:
		return fmt.Errorf("size %d from Stat, the content has %d bytes", c.info.Size, c.size())
	}
}

func (c *check) statStable(ctx context.Context) error {
	again, err := c.file.Stat(ctx)
	if err == nil && !reflect.DeepEqual(c.info, again) {
		err = fmt.Errorf("%+v from Stat, then %+v", c.info, again)
	}
	return err
}

func (c *check) etagValid(context.Context) error {
	if !plan.ValidETag(c.info.ETag) {
		return fmt.Errorf("%q is no entity-tag (RFC 9110 section 8.8.3), which includes its quotes", c.info.ETag)
	}
	return nil
}

var readClauses = []clause{
	{name: "whole", test: (*check).whole},
	{name: "small-reads", test: (*check).smallReads},
	{name: "end-stays", test: (*check).endStays},
	{name: "window", test: (*check).windows, only: seekable},
	{name: "tail", test: (*check).tails, only: seekable},
	{name: "past-end", test: (*check).pastEnd, only: seekable},
	{name: "from-beginning-only", test: (*check).fromBeginningOnly, only: sequential},
	{name: "two-readers", test: (*check).twoReaders},
	{name: "parallel", test: (*check).parallel},
	{name: "close-early", test: (*check).closeEarly},
	{name: "close-twice", test: (*check).closeTwice},
	{name: "read-error", test: (*check).readError},
}

func (c *check) whole(ctx context.Context) error {
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	return readExactly(rc, c.want)
}

// smallReads reads with a buffer of one byte.
func (c *check) smallReads(ctx context.Context) error {
	want := c.want[:min(len(c.want), 4096)]
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	got := make([]byte, len(want))
	for i := range got {
		if _, err := io.ReadFull(plain{rc}, got[i:i+1]); err != nil {
			return errors.Join(fmt.Errorf("after %d bytes: %w", i, err), rc.Close())
		}
	}
	if n, err := rc.Read(nil); n != 0 || err != nil && err != io.EOF {
		return errors.Join(fmt.Errorf("a Read into an empty buffer returned %d, %w", n, err), rc.Close())
	}
	return errors.Join(sameBytes(got, want), rc.Close())
}

func (c *check) endStays(ctx context.Context) error {
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	return readsToEnd(rc, c.want)
}

// everyWindow is the longest content of which every window is read.
const everyWindow = 16

// edges returns the offsets to test.
func (c *check) edges() []int64 {
	size := c.size()
	var at []int64
	if size <= everyWindow {
		for i := range size {
			at = append(at, i)
		}
		return at
	}
	return []int64{0, 1, size/2 - 1, size / 2, size - 2, size - 1}
}

func (c *check) windows(ctx context.Context) error {
	for _, off := range c.edges() {
		for _, end := range append(c.edges(), c.size()) {
			if end <= off {
				continue
			}
			rc, err := c.file.Open(ctx, off, end-off)
			if err == nil {
				err = readExactly(rc, c.want[off:end])
			}
			if err != nil {
				return fmt.Errorf("[%d:%d]: %w", off, end, err)
			}
		}
	}
	return nil
}

func (c *check) tails(ctx context.Context) error {
	for _, off := range c.edges() {
		rc, err := c.file.Open(ctx, off, -1)
		if err == nil {
			err = readExactly(rc, c.want[off:])
		}
		if err != nil {
			return fmt.Errorf("[%d:]: %w", off, err)
		}
	}
	return nil
}

// pastEnd reads past the end: a window must fail; a read to the end may be empty or fail.
func (c *check) pastEnd(ctx context.Context) error {
	for _, beyond := range []int64{0, 1, 1 << 40} {
		off := c.size() + beyond
		rc, err := c.file.Open(ctx, off, -1)
		if err := readExactlyOrFail(rc, err, nil); err != nil {
			return fmt.Errorf("[%d:]: %w", off, err)
		}
		rc, err = c.file.Open(ctx, off, 2)
		if err == nil {
			if _, err = read(rc, nil); err == nil {
				return fmt.Errorf("[%d:%d] of %d bytes ended without an error", off, off+2, c.size())
			}
		}
	}
	if c.size() == 0 {
		return nil
	}
	rc, err := c.file.Open(ctx, c.size()-1, 3)
	if err != nil {
		return nil //nolint:nilerr // Open may fail
	}
	got, err := read(rc, c.want[c.size()-1:])
	if err == nil {
		return fmt.Errorf("a window that ends 2 bytes past the end returned %d bytes and no error", len(got))
	}
	return sameBytes(got, c.want[c.size()-1:][:len(got)])
}

func (c *check) fromBeginningOnly(ctx context.Context) error {
	if c.size() < 2 {
		return nil
	}
	rc, err := c.file.Open(ctx, 1, -1)
	return readExactlyOrFail(rc, err, c.want[1:])
}

// twoReaders reads two bodies of one file alternately.
func (c *check) twoReaders(ctx context.Context) error {
	a, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	b, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	half := c.want[:len(c.want)/2]
	first := make([]byte, len(half))
	if _, err := io.ReadFull(plain{a}, first); err != nil {
		return errors.Join(err, a.Close(), b.Close())
	}
	if err := readExactly(b, c.want); err != nil {
		return errors.Join(fmt.Errorf("the second: %w", err), a.Close())
	}
	if err := sameBytes(first, half); err != nil {
		return errors.Join(fmt.Errorf("the first: %w", err), a.Close())
	}
	if err := readExactly(a, c.want[len(half):]); err != nil {
		return fmt.Errorf("the rest of the first: %w", err)
	}
	return nil
}

// parallelReaders is the number of goroutines that read a file in parallel.
const parallelReaders = 8

func (c *check) parallel(ctx context.Context) error {
	errs := make([]error, parallelReaders)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = fmt.Errorf("panic: %v", v)
				}
			}()
			if _, errs[i] = c.file.Stat(ctx); errs[i] != nil {
				return
			}
			errs[i] = c.whole(ctx)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (c *check) closeEarly(ctx context.Context) error {
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	if len(c.want) > 1 {
		if _, err := io.ReadFull(plain{rc}, make([]byte, 1)); err != nil {
			return errors.Join(err, rc.Close())
		}
	}
	return rc.Close()
}

func (c *check) closeTwice(ctx context.Context) error {
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	return errors.Join(rc.Close(), rc.Close())
}

// readError opens a window that is one byte longer than the content, so that its last Read fails. The error must name
// the file, and must not be mistaken for the end of the content.
func (c *check) readError(ctx context.Context) error {
	f := c.file.WithReadOptions(wrapper.ReadOptions{Retries: -1, Resumes: -1})
	rc, err := f.Open(ctx, 0, c.size()+1)
	if err == nil {
		_, err = read(rc, c.want)
	}
	switch {
	case err == nil:
		return fmt.Errorf("a window of %d bytes ended without an error after %d", c.size()+1, c.size())
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the error of a short window satisfies errors.Is(err, io.EOF): %w", err)
	default:
		return namesFile(err, f.Name())
	}
}

// namesFile rejects an error that is not a *fs.PathError of the file.
func namesFile(err error, file string) error {
	e, ok := err.(*fs.PathError) //nolint:errorlint // the outermost error names the file
	if !ok || e.Path != file {
		return fmt.Errorf("error %T is not a *fs.PathError of %q: %w", err, file, err)
	}
	return nil
}
