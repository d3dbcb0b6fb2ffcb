package storagetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

var fetchClauses = []clause{
	{name: "fetch", test: (*check).fetchWhole},
	{name: "fetch-info", test: (*check).fetchInfo},
	{name: "head-opens-nothing", test: (*check).head},
	{name: "head-range", test: (*check).headRange},
	{name: "empty", test: (*check).empty, only: func(c *check) bool { return sized(c) && c.size() == 0 }},
	{name: "range", test: (*check).ranges, only: nonEmpty},
	{name: "suffix", test: (*check).suffixes, only: nonEmpty},
	{name: "several-ranges", test: (*check).severalRanges, only: nonEmpty},
	{name: "unsatisfiable", test: (*check).unsatisfiable, only: nonEmpty},
	{name: "range-malformed", test: (*check).malformed},
	{name: "range-sequential", test: (*check).rangeSequential, only: sequential},
}

// maxRequests is the most requests to the source for one response: a Stat and an Open.
const maxRequests = 2

// fetch sends a request and compares the status and the content.
func (c *check) fetch(ctx context.Context, req wrapper.Request, status int, want []byte) error {
	before := c.requests.Load()
	resp, err := c.file.Fetch(ctx, req)
	if err != nil {
		return err
	}
	if resp.Status != status {
		return errors.Join(fmt.Errorf("status %d, want %d", resp.Status, status), resp.Close())
	}
	if n := c.requests.Load() - before; n > maxRequests {
		return errors.Join(fmt.Errorf("%d requests, want at most %d", n, maxRequests), resp.Close())
	}
	if len(want) == 0 {
		return c.noBody(resp)
	}
	return readExactly(resp.Body, want)
}

// noBody expects a response without a body. Content of unknown size may have an empty body.
func (c *check) noBody(resp *wrapper.Response) error {
	if resp.Body == nil {
		return nil
	}
	if resp.Status == http.StatusOK && resp.Info.Size < 0 {
		return readExactly(resp.Body, nil)
	}
	return errors.Join(fmt.Errorf("a %d without content has a body", resp.Status), resp.Close())
}

func (c *check) fetchWhole(ctx context.Context) error {
	return c.fetch(ctx, wrapper.Request{}, http.StatusOK, c.want)
}

// fetchInfo compares the Info of a response with that of Stat.
func (c *check) fetchInfo(ctx context.Context) error {
	resp, err := c.file.Fetch(ctx, wrapper.Request{})
	if err != nil {
		return err
	}
	defer func() { _ = resp.Close() }()
	got, stat := resp.Info, c.info
	switch {
	case got.Size != stat.Size:
		return fmt.Errorf("size %d from Fetch, %d from Stat", got.Size, stat.Size)
	case got.ETag != stat.ETag:
		return fmt.Errorf("entity-tag %q from Fetch, %q from Stat", got.ETag, stat.ETag)
	case got.ModTime.Unix() != stat.ModTime.Unix():
		return fmt.Errorf("modification time %v from Fetch, %v from Stat", got.ModTime, stat.ModTime)
	case got.ContentType != stat.ContentType:
		return fmt.Errorf("media type %q from Fetch, %q from Stat", got.ContentType, stat.ContentType)
	case got.ContentEncoding != stat.ContentEncoding:
		return fmt.Errorf("content coding %q from Fetch, %q from Stat", got.ContentEncoding, stat.ContentEncoding)
	case len(resp.Ranges) != 0:
		return fmt.Errorf("a complete response has ranges %v", resp.Ranges)
	}
	return nil
}

func (c *check) head(ctx context.Context) error {
	before := c.requests.Load()
	if err := c.fetch(ctx, wrapper.Request{Head: true}, http.StatusOK, nil); err != nil {
		return err
	}
	if n := c.requests.Load() - before; n > 1 {
		return fmt.Errorf("%d requests, want 1", n)
	}
	return nil
}

// headRange expects Range to be ignored: RFC 9110 section 14.2 defines it for GET only.
func (c *check) headRange(ctx context.Context) error {
	return c.fetch(ctx, wrapper.Request{Head: true, Range: "bytes=0-0"}, http.StatusOK, nil)
}

func (c *check) empty(ctx context.Context) error {
	for _, spec := range []string{"", "bytes=0-", "bytes=-5", "bytes=0-0"} {
		resp, err := c.file.Fetch(ctx, wrapper.Request{Range: spec})
		if err != nil {
			return err
		}
		if resp.Body != nil {
			return errors.Join(fmt.Errorf("empty content has a body for Range %q", spec), resp.Close())
		}
		if resp.Status != http.StatusOK && resp.Status != http.StatusRequestedRangeNotSatisfiable {
			return fmt.Errorf("status %d for Range %q", resp.Status, spec)
		}
	}
	return nil
}

// part requests one range. A source whose storage ignores ranges may return the complete content, if it is
// Sequential.
func (c *check) part(ctx context.Context, spec string, off, n int64) error {
	resp, err := c.file.Fetch(ctx, wrapper.Request{Range: spec})
	if err == nil && resp.Status == http.StatusOK && resp.Info.Sequential {
		err = readExactly(resp.Body, c.want)
	} else if err == nil {
		err = c.partOf(resp, []wrapper.Range{{Off: off, N: n}})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	return nil
}

// partOf expects a 206 with the given ranges, and reads its parts in order.
func (c *check) partOf(resp *wrapper.Response, want []wrapper.Range) error {
	if resp.Status != http.StatusPartialContent {
		return errors.Join(fmt.Errorf("status %d, want 206", resp.Status), resp.Close())
	}
	if fmt.Sprint(resp.Ranges) != fmt.Sprint(want) {
		return errors.Join(fmt.Errorf("ranges %v, want %v", resp.Ranges, want), resp.Close())
	}
	if resp.Info.Size != c.size() {
		return errors.Join(fmt.Errorf("the complete length is %d bytes, want %d", resp.Info.Size, c.size()), resp.Close())
	}
	for i, r := range want {
		rc, err := resp.Part(i)
		if err == nil {
			err = readExactly(rc, c.want[r.Off:r.Off+r.N])
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
	}
	return nil
}

func (c *check) ranges(ctx context.Context) error {
	last := c.size() - 1
	for _, off := range []int64{0, c.size() / 2, last} {
		if err := c.part(ctx, fmt.Sprintf("bytes=%d-%d", off, off), off, 1); err != nil {
			return err
		}
		if err := c.part(ctx, fmt.Sprintf("bytes=%d-", off), off, c.size()-off); err != nil {
			return err
		}
		if err := c.part(ctx, fmt.Sprintf("bytes=%d-%d", off, last+10), off, c.size()-off); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) suffixes(ctx context.Context) error {
	for _, n := range []int64{1, c.size()/2 + 1, c.size(), c.size() + 10} {
		got := min(n, c.size())
		if err := c.part(ctx, fmt.Sprintf("bytes=-%d", n), c.size()-got, got); err != nil {
			return err
		}
	}
	return nil
}

// minGap is the distance from which two ranges are never coalesced.
const minGap = 1000

func (c *check) severalRanges(ctx context.Context) error {
	resp, err := c.file.Fetch(ctx, wrapper.Request{Range: "bytes=0-0,-1"})
	switch {
	case err != nil:
		return err
	case resp.Status == http.StatusOK:
		return readExactly(resp.Body, c.want) // the ranges cover the content, or the storage ignores ranges
	case len(resp.Ranges) == 1 && c.size() < minGap:
		return c.partOf(resp, []wrapper.Range{{Off: 0, N: c.size()}})
	default:
		return c.partOf(resp, []wrapper.Range{{Off: 0, N: 1}, {Off: c.size() - 1, N: 1}})
	}
}

func (c *check) unsatisfiable(ctx context.Context) error {
	for _, beyond := range []int64{0, 10} {
		spec := fmt.Sprintf("bytes=%d-", c.size()+beyond)
		resp, err := c.file.Fetch(ctx, wrapper.Request{Range: spec})
		if err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
		if resp.Status == http.StatusOK && resp.Info.Sequential {
			err = readExactly(resp.Body, c.want)
		} else if resp.Status != http.StatusRequestedRangeNotSatisfiable {
			err = errors.Join(fmt.Errorf("status %d, want 416", resp.Status), resp.Close())
		} else if err = c.noBody(resp); err == nil && resp.Info.Size != c.size() {
			err = fmt.Errorf("the 416 has a size of %d, want %d", resp.Info.Size, c.size())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
	}
	return nil
}

// malformed expects an invalid Range to be ignored (RFC 9110 section 14.2).
func (c *check) malformed(ctx context.Context) error {
	for _, spec := range []string{"bytes=5-1", "bytes=x", "lines=0-1", "bytes"} {
		if err := c.fetch(ctx, wrapper.Request{Range: spec}, http.StatusOK, c.want); err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
	}
	return nil
}

// rangeSequential expects Range to be ignored for sequential content.
func (c *check) rangeSequential(ctx context.Context) error {
	return c.fetch(ctx, wrapper.Request{Range: "bytes=1-1"}, http.StatusOK, c.want)
}
