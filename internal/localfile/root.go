package localfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Root is the file system below an os.Root. It differs from Dir.FS() in two cases. A symlink that leads outside, or into a
// loop, is fs.ErrNotExist. Opening a named pipe does not block.
type Root struct{ Dir *os.Root }

// Open implements fs.FS.
func (r Root) Open(name string) (fs.File, error) {
	file, err := r.Dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, escapeError(err)
	}
	return file, nil
}

// Stat implements fs.StatFS.
func (r Root) Stat(name string) (fs.FileInfo, error) {
	fi, err := r.Dir.Stat(name)
	if err != nil {
		return nil, escapeError(err)
	}
	return fi, nil
}

// escapeError wraps fs.ErrNotExist around the error for a symlink loop, or for a path that escapes the root. The latter is
// an error of os.Root itself, not a syscall.Errno.
func escapeError(err error) error {
	pe, ok := errors.AsType[*fs.PathError](err)
	if !ok || errors.Is(err, fs.ErrClosed) {
		return err
	}
	if no, ok := errors.AsType[syscall.Errno](pe.Err); ok && no != syscall.ELOOP {
		return err
	}
	return &fs.PathError{Op: pe.Op, Path: pe.Path, Err: fmt.Errorf("%w: %w", fs.ErrNotExist, pe.Err)}
}
