package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // s3://
)

// open opens an empty storage of a kind. root is where its files lie for a front server. closeAll closes it
// and removes what it held.
func open(ctx context.Context, kind string) (s *blobdownload.Storage, root string, closeAll func() error, err error) {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, "", nil, err
	}
	closers := []func() error{func() error { return os.RemoveAll(dir) }}
	closeAll = func() error {
		var errs []error
		for i := range closers {
			errs = append(errs, closers[len(closers)-1-i]())
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll())
		}
	}()
	var url string
	root = filepath.Join(dir, "objects")
	versions := filepath.Join(dir, "versions")
	for _, d := range []string{root, versions} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, "", nil, err
		}
	}
	switch kind {
	case "mem":
		url = "mem://"
	case "file":
		url = "file://" + root + "?no_tmp_dir=true"
	case "s3":
		server, err := s3server.Run(ctx, root, versions)
		if err != nil {
			return nil, "", nil, err
		}
		closers = append(closers, server.Close)
		url = server.URL(s3server.BucketName)
	default:
		return nil, "", nil, fmt.Errorf("unknown storage %q: mem, file or s3", kind)
	}
	if s, err = blobdownload.OpenStorage(ctx, url); err != nil {
		return nil, "", nil, err
	}
	closers = append(closers, func() error { return s.Close(context.WithoutCancel(ctx)) })
	return s, root, closeAll, nil
}
