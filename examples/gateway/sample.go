package main

import (
	"context"
	"embed"
	"io/fs"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

//go:embed sample
var sample embed.FS

// sampleStorage returns a bucket in memory with the files of the directory sample.
func sampleStorage(ctx context.Context) (*blobdownload.Storage, error) {
	s := &blobdownload.Storage{Name: blobdownload.DefaultStorage, Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	err := fs.WalkDir(sample, "sample", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := sample.ReadFile(name)
		if err != nil {
			return err
		}
		// Without a stored media type, an object has the one that its name suggests.
		return s.Bucket.WriteAll(ctx, strings.TrimPrefix(name, "sample/"), content,
			&blob.WriterOptions{DisableContentTypeDetection: true})
	})
	return s, err
}
