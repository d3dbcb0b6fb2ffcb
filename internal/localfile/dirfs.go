package localfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
)

// dirFS is the type of the file system that os.DirFS returns, a string.
var dirFS = reflect.TypeOf(os.DirFS(".")) //nolint:forbidigo // its type; nothing is opened

// openDirFS opens a file of os.DirFS without blocking. To open a named pipe of another file system could block, which costs a
// call of Stat before. It returns nil for another file system, and after any error: the usual way reports it.
func openDirFS(fsys fs.FS, name string) *os.File {
	if reflect.TypeOf(fsys) != dirFS {
		return nil
	}
	dir := reflect.ValueOf(fsys).String()
	local, err := filepath.Localize(name)
	if err != nil || dir == "" {
		return nil
	}
	path := dir + string(os.PathSeparator) + local                 //nolint:gocritic // Join would clean dir across symlinks
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the name is local
	if err != nil {
		return nil
	}
	return f
}
