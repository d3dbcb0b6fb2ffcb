package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// FS returns the file at a path of a file system: os.Root.FS(), an embed.FS, a zip archive. Only regular
// files exist for it. A name that fs.ValidPath refuses does not exist. Entity-tags are made of the
// modification time and the size, so that a file system without times has none.
func FS(fsys fs.FS, name string) *File {
	return New(name, &fsSource{fsys: fsys, name: name})
}

type fsSource struct {
	fsys fs.FS
	name string
}

func (s *fsSource) Location() Location { return Location{Key: s.name} }

func (s *fsSource) Stat(ctx context.Context) (Info, error) {
	if err := s.valid(ctx); err != nil {
		return Info{}, err
	}
	fi, err := fs.Stat(s.fsys, s.name)
	if err != nil {
		return Info{}, refined(err)
	}
	if !fi.Mode().IsRegular() {
		return Info{}, errNotRegular
	}
	if fi.Size() == 0 && s.hasContent() {
		return Info{}, errNotRegular // made by the kernel while it is read, as in /proc
	}
	return fileInfo(fi), nil
}

func (s *fsSource) hasContent() bool {
	f, err := s.fsys.Open(s.name)
	if err != nil {
		return false
	}
	defer f.Close()
	n, _ := f.Read(make([]byte, 1))
	return n > 0
}

func (s *fsSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.valid(ctx); err != nil {
		return nil, err
	}
	f, err := s.fsys.Open(s.name)
	if err != nil {
		return nil, refined(err)
	}
	r, err := openRegular(ctx, f, off, n)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

var errNotRegular = fmt.Errorf("not a regular file: %w", fs.ErrNotExist)

func (s *fsSource) valid(ctx context.Context) error {
	if !fs.ValidPath(s.name) || strings.ContainsRune(s.name, 0) {
		return fs.ErrNotExist
	}
	return ctx.Err()
}

// refined drops the path of a *fs.PathError, which File puts back under the name that it goes by.
func refined(err error) error {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// fileInfo describes a regular file by what the file system says of it.
func fileInfo(fi fs.FileInfo) Info {
	info := Info{Size: fi.Size(), ModTime: fi.ModTime()}
	if !info.ModTime.IsZero() {
		info.ETag = fmt.Sprintf("\"%x-%x\"", info.ModTime.UnixNano(), info.Size)
	}
	return info
}
