package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/diskname"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // s3://
)

// backend is an empty storage with the root of its files, and the functions that close it.
type backend struct {
	*blobdownload.Storage
	root    string
	closers []func() error

	// file returns the path of an object. It is nil if the storage has no files.
	file func(key string) (path string)
}

// date sets the modification times of the fixtures, if the storage has files.
func (b *backend) date(fixtures []conformance.Fixture) error {
	if b.file == nil {
		return nil
	}
	for i := range fixtures {
		t, err := fixtures[i].ModTime()
		if err == nil {
			err = os.Chtimes(b.file(fixtures[i].Name), t, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// close closes the storage and removes its objects.
func (b *backend) close() error {
	var errs []error
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

func open(ctx context.Context, kind string) (*backend, error) {
	b := &backend{}
	if err := b.open(ctx, kind); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *backend) open(ctx context.Context, kind string) error {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err
	}
	b.closers = append(b.closers, func() error { return os.RemoveAll(dir) })
	b.root = filepath.Join(dir, "objects")
	versions := filepath.Join(dir, "versions")
	if err := errors.Join(os.Mkdir(b.root, 0o700), os.Mkdir(versions, 0o700)); err != nil {
		return err
	}
	var url string
	switch kind {
	case "mem":
		url = "mem://"
	case "file":
		url = "file://" + b.root + "?no_tmp_dir=true"
		b.file = func(key string) string { return filepath.Join(b.root, filepath.FromSlash(diskname.OfKey(key))) }
	case "s3":
		server, err := s3server.Run(ctx, b.root, versions)
		if err != nil {
			return err
		}
		b.closers = append(b.closers, server.Close)
		url = server.URL(s3server.BucketName)
		b.file = func(key string) string { return filepath.Join(b.root, s3server.BucketName, filepath.FromSlash(key)) }
	default:
		return fmt.Errorf("unknown storage %q: mem, file or s3", kind)
	}
	if b.Storage, err = blobdownload.OpenStorage(ctx, url); err != nil {
		return err
	}
	b.closers = append(b.closers, func() error { return b.Close(context.WithoutCancel(ctx)) })
	return nil
}
