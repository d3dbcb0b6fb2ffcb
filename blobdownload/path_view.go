package blobdownload

import (
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// PathView serves the regular file at a path under a root, which no name and no symbolic link leads out
// of (os.Root). What is not a regular file does not exist, nor does a path with an element that begins
// with a dot.
func PathView(root *os.Root, name func(r *http.Request) string) View {
	return func(r *http.Request) (*Download, error) {
		n := name(r)
		f := wrapper.Root(root, n)
		if hidden(n) {
			f = wrapper.Invalid(n, fs.ErrNotExist)
		}
		return &Download{File: f}, nil
	}
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}
