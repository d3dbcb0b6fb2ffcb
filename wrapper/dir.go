package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/go-downloadview/downloadview/internal/bucketdir"
	"github.com/go-downloadview/downloadview/internal/localfile"
)

// dirSource is an object of a file:// bucket. The bucket supplies its media type and other attributes. The directory's
// root supplies size, time and content. Package fileblob itself follows symlinks out of the directory, and reads a named pipe as
// an empty object.
type dirSource struct {
	blobSource
	dir  *bucketdir.Directory
	name string // of the file below dir
}

func newDirSource(b *Bucket, dir *bucketdir.Directory, key string) *dirSource {
	return &dirSource{
		blobSource: blobSource{bucket: b, key: key},
		dir:        dir,
		name:       dir.Name(key),
	}
}

// Local reports true.
func (s *dirSource) Local() bool { return true }

func (s *dirSource) Stat(ctx context.Context) (Info, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return Info{}, err
	}
	fi, err := localfile.Stat(ctx, s.dir, s.name)
	if err != nil {
		return Info{}, err
	}
	onDisk := localInfo(fi)
	info := s.attributes(ctx, &onDisk)
	info.Size, info.ModTime, info.ETag, info.file = onDisk.Size, onDisk.ModTime, onDisk.ETag, onDisk.file
	return info, nil
}

// attributes returns what the bucket stores beside a file, or nothing if that is not fileblob's.
func (s *dirSource) attributes(ctx context.Context, onDisk *Info) Info {
	info, err := s.blobSource.Stat(ctx)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(sentinel(err), fs.ErrNotExist) {
			s.dir.WarnAttributes(ctx, s.name, err)
		}
		return Info{}
	}
	if info.Digests != nil && (info.contradicts(onDisk) || s.dir.DigestsAreStale(s.name, onDisk.ModTime)) {
		info.Digests = nil // of the version before or after
	}
	return info
}

func (s *dirSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return nil, err
	}
	return localfile.Open(ctx, s.dir, s.name, off, n)
}
