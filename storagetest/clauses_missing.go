package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-downloadview/downloadview/wrapper"
)

var missingClauses = []clause{
	{name: "missing-stat", test: func(c *check, ctx context.Context) error {
		_, err := c.file.Stat(ctx)
		return notExist(err)
	}},
	{name: "missing-open", test: func(c *check, ctx context.Context) error {
		rc, err := c.file.Open(ctx, 0, -1)
		if err == nil {
			_, err = read(rc, nil)
		}
		return notExist(err)
	}},
	{name: "missing-fetch", test: func(c *check, ctx context.Context) error {
		resp, err := c.file.Fetch(ctx, wrapper.Request{})
		if err == nil {
			_ = resp.Close()
		}
		return notExist(err)
	}},
	{name: "missing-head", test: func(c *check, ctx context.Context) error {
		resp, err := c.file.Fetch(ctx, wrapper.Request{Head: true})
		if err == nil {
			_ = resp.Close()
		}
		return notExist(err)
	}},
}

// notExist expects the error of missing content.
func notExist(err error) error {
	switch {
	case err == nil:
		return errors.New("content that does not exist returned no error; empty content is []byte{}, not nil")
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("content that does not exist failed with an error that is not fs.ErrNotExist: %w", err)
	default:
		return shaped(err)
	}
}

// shaped expects a *fs.PathError, as every error of package wrapper is.
func shaped(err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); !ok {
		return fmt.Errorf("error %T is not a *fs.PathError: %w", err, err)
	}
	return nil
}
