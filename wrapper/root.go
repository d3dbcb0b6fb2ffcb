package wrapper

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Root returns the regular file at a path under a root, which no name and no symbolic link leads out of. It
// differs from FS(root.FS(), name) where os.Root has errors of its own: a link that leads out, or in a circle,
// does not exist, and opening a pipe does not wait for its other end.
func Root(root *os.Root, name string) *File { return FS(rootFS{root}, name) }

type rootFS struct{ root *os.Root }

func (f rootFS) Open(name string) (fs.File, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nowhere(err)
	}
	return file, nil
}

func (f rootFS) Stat(name string) (fs.FileInfo, error) {
	fi, err := f.root.Stat(name)
	return fi, nowhere(err)
}

// nowhere gives fs.ErrNotExist to a link that leads out of the root, which os.Root refuses by an error of
// its own and not of the system's, or in a circle.
func nowhere(err error) error {
	pe, ok := errors.AsType[*fs.PathError](err)
	if !ok || errors.Is(err, fs.ErrClosed) {
		return err
	}
	if no, ok := errors.AsType[syscall.Errno](pe.Err); ok && no != syscall.ELOOP {
		return err
	}
	return &fs.PathError{Op: pe.Op, Path: pe.Path, Err: fmt.Errorf("%w: %w", fs.ErrNotExist, pe.Err)}
}
