package blobdownload

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/wrapper"
)

// PathView serves the regular file at a path under a root, which no name and no symbolic link leads out
// of (os.Root). What is not a regular file does not exist, nor does a path with an element that begins
// with a dot.
func PathView(root *os.Root, name func(r *http.Request) string) View {
	return Paths{Root: root}.View(name)
}

// Paths are the files under a root.
type Paths struct {
	Root *os.Root

	// Hidden makes files exist whose path has an element that begins with a dot.
	Hidden bool
}

// View serves the file at a path, as [PathView] does. On a disk that does not tell upper from lower case,
// several paths lead to one file: decide on permissions by the file's own record, not by the path asked for.
func (p Paths) View(name func(r *http.Request) string) View {
	return func(r *http.Request) (*Download, error) {
		n := name(r)
		f := wrapper.Root(p.Root, n)
		if !p.Hidden && hidden(n) || runtime.GOOS == "windows" && foreignToWindows(n) {
			f = wrapper.Invalid(n, fs.ErrNotExist)
		}
		return &Download{File: f}, nil
	}
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}

// shortName is the end of a name that Windows makes up for one that is longer: GIT~1 is .git.
var shortName = regexp.MustCompile(`~\d`)

// foreignToWindows reports whether Windows would read a path as another one, or as something that is not
// a file: by another separator, a drive or a stream, a device, dots and blanks at an end, a short name.
func foreignToWindows(name string) bool {
	if strings.ContainsAny(name, `\:*?"<>|`) {
		return true
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(element, " .") != element || disposition.IsDevice(element) || shortName.MatchString(element) {
			return true
		}
	}
	return false
}
