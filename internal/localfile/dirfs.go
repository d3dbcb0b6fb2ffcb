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
	f, err := os.OpenFile(dir+string(os.PathSeparator)+local, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec,gocritic // the name is local; Join would clean dir across symlinks
	if err != nil {
		return nil
	}
	return f
}
