package blobdownload

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/go-downloadview/downloadview/wrapper"
)

// PathView serves the regular file at a path under a root, which no name and no symbolic link leads out
// of (os.Root). What is not a regular file does not exist, nor does a path with an element that begins
// with a dot.
func PathView(root *os.Root, name func(r *http.Request) string) View {
	return func(r *http.Request) (*Download, error) {
		n := name(r)
		f := wrapper.FS(rootFS{root}, n)
		if hidden(n) {
			f = wrapper.Invalid(n, fs.ErrNotExist)
		}
		return &Download{File: f}, nil
	}
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}

// rootFS opens without waiting for the other end of a pipe, which os.Root.FS would.
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
