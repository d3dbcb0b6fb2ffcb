package wrapper

import (
	"context"
	"io"
	"os"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/diskname"
)

// InDir returns the object of a bucket that Go CDK's fileblob keeps in a directory. It is described by the
// bucket, which knows its type, and read through the directory's root: fileblob itself follows symbolic links
// out of it, and takes a named pipe for an empty object. A prefix is what stands before keys in a
// bucket that was opened with one, and is otherwise empty.
func InDir(b *blob.Bucket, root *os.Root, prefix, key string) *File {
	return New(key, &dirSource{
		blobSource: blobSource{bucket: b, key: key},
		file:       fsSource{fsys: rootFS{root}, name: diskname.OfKey(prefix + key)},
	})
}

type dirSource struct {
	blobSource
	file fsSource
}

func (s *dirSource) Location() Location { return s.blobSource.Location() }

func (s *dirSource) Stat(ctx context.Context) (Info, error) {
	if err := s.valid(); err != nil {
		return Info{}, err
	}
	onDisk, err := s.file.Stat(ctx)
	if err != nil {
		return Info{}, err
	}
	info, err := s.blobSource.Stat(ctx)
	if err != nil {
		return Info{}, err
	}
	if info.contradicts(&onDisk) {
		info.Digests = nil // of the file that was, or will be
	}
	info.Size, info.ModTime, info.ETag = onDisk.Size, onDisk.ModTime, onDisk.ETag
	return info, nil
}

func (s *dirSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.valid(); err != nil {
		return nil, err
	}
	return s.file.Open(ctx, off, n)
}
