package storagetest

import (
	"io/fs"
	"strings"
	"testing"
)

// Objects are the objects of a bucket: content by key.
type Objects map[string]string

// Txtar returns the files of an archive in the format of golang.org/x/tools/txtar. Each file follows a line `--
// name --`, and its last line ends with a newline. Text before the first file is a comment. An archive without a
// file, or with two files of one name, fails the test.
func Txtar(t testing.TB, archive string) Objects {
	t.Helper()
	objects := Objects{}
	var name string
	for line := range strings.Lines(archive) {
		if n, ok := txtarName(line); ok {
			if _, twice := objects[n]; twice {
				t.Fatalf("storagetest: the archive has two files %q", n)
			}
			name = n
			objects[name] = ""
			continue
		}
		if name == "" {
			continue
		}
		objects[name] += strings.TrimSuffix(line, "\n") + "\n"
	}
	if len(objects) == 0 {
		t.Fatal("storagetest: the archive has no files: none of its lines is of the form `-- name --`")
	}
	return objects
}

func txtarName(line string) (string, bool) {
	line = strings.TrimRight(line, "\r\n")
	rest, ok := strings.CutPrefix(line, "-- ")
	name, ok2 := strings.CutSuffix(rest, " --")
	name = strings.TrimSpace(name)
	return name, ok && ok2 && name != ""
}

// FromFS returns the regular files of a file system by their paths. It reads all of them into memory. A file system
// without a regular file fails the test.
func FromFS(t testing.TB, fsys fs.FS) Objects {
	t.Helper()
	objects := Objects{}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		objects[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatalf("storagetest: read the file system: %v", err)
	}
	if len(objects) == 0 {
		t.Fatal("storagetest: the file system has no regular files")
	}
	return objects
}
