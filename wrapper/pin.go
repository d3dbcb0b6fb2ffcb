package wrapper

import (
	"fmt"
	"io/fs"
)

// WithVersion returns the file as the content of one version alone: Fetch fails with fs.ErrNotExist for
// content of which neither Info.Version nor Info.ETag is version. "" accepts any.
func (f *File) WithVersion(version string) *File {
	c := *f
	c.pin = version
	return &c
}

func (f *File) pinned(info *Info) bool {
	return f.pin == "" || f.pin == info.Version || f.pin == info.ETag
}

var errNotPinned = fmt.Errorf("content is of another version than was asked for: %w", fs.ErrNotExist)
