package storagetest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

var conditionClauses = []clause{
	{name: "if-none-match", test: (*check).ifNoneMatch, only: tagged},
	{name: "if-match", test: (*check).ifMatch, only: strong},
	{name: "if-range", test: (*check).ifRange, only: strong},
	{name: "if-modified-since", test: (*check).ifModifiedSince, only: dated},
	{name: "if-unmodified-since", test: (*check).ifUnmodifiedSince, only: dated},
}

const otherETag = `"no-content-has-this-tag"`

// fetchAll sends several requests, each with its expected status.
func (c *check) fetchAll(ctx context.Context, want map[int][]wrapper.Request) error {
	for status, reqs := range want {
		for _, req := range reqs {
			body := c.want
			if status != http.StatusOK || req.Head {
				body = nil
			}
			if err := c.fetch(ctx, req, status, body); err != nil {
				return fmt.Errorf("%+v: %w", req, err)
			}
		}
	}
	return nil
}

func (c *check) ifNoneMatch(ctx context.Context) error {
	tag := c.info.ETag
	return c.fetchAll(ctx, map[int][]wrapper.Request{
		http.StatusNotModified: {
			{IfNoneMatch: tag}, {IfNoneMatch: tag, Head: true}, {IfNoneMatch: otherETag + ", " + tag}, {IfNoneMatch: "*"},
		},
		http.StatusOK: {{IfNoneMatch: otherETag}, {IfNoneMatch: otherETag, Head: true}},
	})
}

func (c *check) ifMatch(ctx context.Context) error {
	tag := c.info.ETag
	return c.fetchAll(ctx, map[int][]wrapper.Request{
		http.StatusOK:                 {{IfMatch: tag}, {IfMatch: otherETag + ", " + tag}, {IfMatch: "*"}},
		http.StatusPreconditionFailed: {{IfMatch: otherETag}, {IfMatch: otherETag, Head: true}, {IfMatch: "W/" + tag}},
	})
}

func (c *check) ifRange(ctx context.Context) error {
	if err := c.fetch(ctx, wrapper.Request{Range: "bytes=0-0", IfRange: otherETag}, http.StatusOK, c.want); err != nil {
		return fmt.Errorf("another tag: %w", err)
	}
	resp, err := c.file.Fetch(ctx, wrapper.Request{Range: "bytes=0-0", IfRange: c.info.ETag})
	if err != nil {
		return err
	}
	if resp.Status == http.StatusOK && resp.Info.Sequential {
		return readExactly(resp.Body, c.want)
	}
	return c.partOf(resp, []wrapper.Range{{Off: 0, N: 1}})
}

func (c *check) ifModifiedSince(ctx context.Context) error {
	return c.fetchAll(ctx, map[int][]wrapper.Request{
		http.StatusNotModified: {{IfModifiedSince: httpDate(c.info.ModTime)}},
		http.StatusOK:          {{IfModifiedSince: httpDate(c.info.ModTime.Add(-time.Hour))}},
	})
}

func (c *check) ifUnmodifiedSince(ctx context.Context) error {
	return c.fetchAll(ctx, map[int][]wrapper.Request{
		http.StatusOK:                 {{IfUnmodifiedSince: httpDate(c.info.ModTime)}},
		http.StatusPreconditionFailed: {{IfUnmodifiedSince: httpDate(c.info.ModTime.Add(-time.Hour))}},
	})
}

func httpDate(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
