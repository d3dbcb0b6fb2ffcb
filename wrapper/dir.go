package wrapper

import (
	"context"
	"io"

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

func (s *dirSource) Stat(ctx context.Context) (info Info, err error) {
	root, err := s.acquire()
	if err != nil {
		return Info{}, err
	}
	defer s.dir.Release()
	fi, err := localfile.Stat(ctx, root, s.name)
	if err != nil {
		return Info{}, err
	}
	info.setLocal(fi)
	a, err := bucketdir.ReadAttributes(root, s.name, info.ModTime)
	s.describe(ctx, &info, root, a, err)
	return info, nil
}

// acquire returns the root of the directory, which the caller releases, if the file's key is valid.
func (s *dirSource) acquire() (localfile.Root, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return localfile.Root{}, err
	}
	return s.dir.Acquire()
}

// describe adds the attributes that were read beside a file to its metadata, or logs why they were not. It does not read them
// itself: the stack of openLocal has no room for another frame above os.Root.
func (s *dirSource) describe(ctx context.Context, info *Info, root localfile.Root, a *bucketdir.Attributes, err error) {
	if err != nil {
		s.dir.WarnAttributes(ctx, s.name, err)
		return
	}
	info.ContentType, info.ContentEncoding, info.ContentLanguage = a.ContentType, a.ContentEncoding, a.ContentLanguage
	info.ContentDisposition, info.CacheControl = a.ContentDisposition, a.CacheControl
	if len(a.MD5) > 0 && s.isCurrent(root, info) { // else the MD5 may be of another version
		info.Digests = []Digest{{Algorithm: "md5", Sum: a.MD5}}
	}
}

// isCurrent reports whether the file on disk is the version that info describes.
func (s *dirSource) isCurrent(root localfile.Root, info *Info) bool {
	fi, err := root.Stat(s.name)
	if err != nil {
		return false
	}
	var onDisk Info
	onDisk.setLocal(fi)
	return !info.contradicts(&onDisk)
}

func (s *dirSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return nil, err
	}
	return localfile.Open(ctx, s.dir, s.name, off, n)
}

func (s *dirSource) openLocal(ctx context.Context, r *localfile.Reader, info *Info) error {
	root, err := s.acquire()
	if err != nil {
		return err
	}
	defer s.dir.Release()
	if err := r.Open(ctx, root, s.name); err != nil {
		return err
	}
	info.setLocal(r.FileInfo())
	a, err := bucketdir.ReadAttributes(root, s.name, info.ModTime)
	s.describe(ctx, info, root, a, err)
	return nil
}
