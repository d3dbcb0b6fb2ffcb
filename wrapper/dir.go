package wrapper

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-downloadview/downloadview/internal/diskname"
)

// directory is where a fileblob bucket stores its objects. This file and internal/diskname are the only
// code that depends on fileblob's layout.
type directory struct {
	root   *os.Root
	prefix string // of every key, for a bucket opened with ?prefix=
}

// openDirectory opens the directory of a file:// URL. It returns nil for other URLs and for ?key=, a bucket of one key.
func openDirectory(u *url.URL) (*directory, error) {
	if u.Scheme != "file" || u.Query().Has("key") {
		return nil, nil //nolint:nilnil // no directory is no error
	}
	path := u.Path
	if u.Host == "." || os.PathSeparator != '/' { // as fileblob reads the URL
		path = strings.TrimPrefix(path, "/")
	}
	root, err := os.OpenRoot(filepath.FromSlash(path))
	if err != nil {
		return nil, err
	}
	return &directory{root: root, prefix: u.Query().Get("prefix")}, nil
}

// checkFileURL rejects a file:// URL with a host, which fileblob ignores: it is the first element of the intended path.
func checkFileURL(u *url.URL) error {
	switch u.Host {
	case "", ".", "localhost":
		return nil
	}
	if u.Scheme != "file" {
		return nil
	}
	return fmt.Errorf("file URL: %q was taken for a host: write file:///%s", u.Host, u.Host+u.EscapedPath())
}

// check reads the directory's first entry. It opens the path anew, because an os.Root outlives its directory.
func (d *directory) check() error {
	root, err := os.OpenRoot(d.root.Name())
	if err != nil {
		return err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := dir.Readdirnames(1); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// unreservedKey rejects the keys under which fileblob stores the attributes of other keys.
func unreservedKey(key string) error {
	if strings.HasSuffix(key, ".attrs") {
		return fmt.Errorf("key %q is reserved in a directory: %w", key, fs.ErrNotExist)
	}
	return nil
}

// dirSource is an object of a file:// bucket. The bucket supplies its media type and other attributes. The directory's
// root supplies size, time and content. Package fileblob itself follows symlinks out of the directory, and reads a named pipe as
// an empty object.
type dirSource struct {
	blobSource
	file fsSource
}

func newDirSource(b *Bucket, dir *directory, key string) *dirSource {
	return &dirSource{
		blobSource: blobSource{bucket: b, key: key},
		file:       fsSource{fsys: rootFS{dir.root}, name: diskname.OfKey(dir.prefix + key)},
	}
}

// Local reports true.
func (s *dirSource) Local() bool { return true }

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
		info.Digests = nil // of the version before or after
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

func (s *dirSource) valid() error {
	if err := validKey(s.key); err != nil {
		return err
	}
	return unreservedKey(s.key)
}
