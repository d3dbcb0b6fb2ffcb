package blobdownload

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/internal/hidden"
	"github.com/go-downloadview/downloadview/wrapper"
)

// PathView returns a view of the regular files under a root. name returns the slash-separated path that a request selects.
// Neither names nor symlinks can escape the root (os.Root). Anything but a regular file is a 404. A path with an
// element that begins with a dot is a 404 too.
func PathView(root *os.Root, name func(r *http.Request) string) View {
	return Paths{Root: root}.View(name)
}

// Paths are the regular files under a root. Root is required.
type Paths struct {
	Root *os.Root

	// Hidden serves paths with an element that begins with a dot, too. false: they are a 404.
	Hidden bool
}

// View returns a view of the files, as [PathView] does. On a case-insensitive file system, several paths select one file:
// check permissions with the file's own record, not with the requested path.
func (p Paths) View(name func(r *http.Request) string) View {
	switch {
	case p.Root == nil:
		return misusedView("PathView: Paths.Root is nil")
	case name == nil:
		return misusedView("PathView: name is nil")
	}
	return func(r *http.Request) (*Download, error) {
		n := name(r)
		f := wrapper.Root(p.Root, n)
		if !p.Hidden && hidden.Path(n) || runtime.GOOS == "windows" && foreignToWindows(n) {
			f = wrapper.Invalid(n, fs.ErrNotExist)
		}
		return &Download{File: f}, nil
	}
}

// shortName matches the end of a short name, which Windows generates for a longer one: GIT~1 is .git.
var shortName = regexp.MustCompile(`~\d`)

// foreignToWindows reports whether Windows maps a path to another one or to no file: a backslash, a drive, a stream, a
// device, trailing dots and blanks, or a short name.
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
