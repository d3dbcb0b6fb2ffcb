package wrapper

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/go-downloadview/downloadview/internal/localfile"
)

// FS returns the file at a path of a file system: os.Root.FS(), an embed.FS, a zip archive. The error for anything but a
// regular file, or for a name that fs.ValidPath rejects, is fs.ErrNotExist. The entity-tag is derived from modification
// time and size. A time that several versions may share gives neither ETag nor ModTime: one before 1990, which archives
// and package managers give to every file, one that is a day ahead, and one of whole seconds that is not yet past.
func FS(fsys fs.FS, name string) *File {
	of := &fsFile{source: fsSource{fsys: fsys, name: name}}
	of.file.init(name, &of.source)
	return &of.file
}

// fsFile is a file together with its source, in one allocation.
type fsFile struct {
	file   File
	source fsSource
}

type fsSource struct {
	fsys fs.FS
	name string
}

func (s *fsSource) Location() Location { return Location{Key: s.name} }

func (s *fsSource) Local() bool { return true }

func (s *fsSource) Stat(ctx context.Context) (Info, error) {
	fi, err := localfile.Stat(ctx, s.fsys, s.name)
	if err != nil {
		return Info{}, err
	}
	info := Info{}
	info.setLocal(fi)
	return info, nil
}

func (s *fsSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return localfile.Open(ctx, s.fsys, s.name, off, n)
}

func (s *fsSource) openLocal(ctx context.Context, r *localfile.Reader, info *Info) error {
	if err := r.Open(ctx, s.fsys, s.name); err != nil {
		return err
	}
	info.setLocal(r.FileInfo())
	return nil
}

// setLocal adds the metadata of a regular file to a zero Info. If the file's time cannot distinguish versions, the
// metadata has no validator, and identifies the file by its inode instead.
func (i *Info) setLocal(fi fs.FileInfo) {
	i.Size, i.ETag = fi.Size(), localfile.ETag(fi)
	if i.ETag == "" {
		i.file = fi
	} else {
		i.ModTime = fi.ModTime()
	}
}

// Root returns the regular file at a path under a root. Neither names nor symlinks can escape the root. It differs from
// FS(root.FS(), name) in two cases. A symlink that leads outside, or into a loop, is fs.ErrNotExist. Opening a named pipe
// does not block.
func Root(root *os.Root, name string) *File { return FS(localfile.Root{Dir: root}, name) }
