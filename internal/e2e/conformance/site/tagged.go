package site

import (
	"context"
	"io"

	"github.com/go-downloadview/downloadview/wrapper"
)

// tagged is a source with an entity-tag of the application, written as a third party would write it.
type tagged struct {
	file *wrapper.File
	etag string
}

func (t tagged) Stat(ctx context.Context) (wrapper.Info, error) {
	info, err := t.file.Stat(ctx)
	info.ETag = t.etag
	return info, err
}

func (t tagged) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return t.file.Open(ctx, off, n)
}

func (t tagged) Location() wrapper.Location { return t.file.Location() }
