package localfile

import (
	"io/fs"
	"os"
	"strconv"
	"time"
)

// earliestModTime is the earliest modification time that counts as one. Package managers, archives and file systems
// without times give all files one constant before it: 1970-01-01 (ostree, FUSE), a second later (Nix, Guix),
// 1980-01-01 (zip) or 1985-10-26 (npm).
var earliestModTime = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	// coarseTick is the resolution of FAT, the coarsest in use. Two versions written within it share their time.
	coarseTick = 2 * time.Second

	// farAhead is more than clocks and time zones differ. A later time was set, and not by a write.
	farAhead = 24 * time.Hour
)

// distinguishes reports whether a modification time differs between the versions of a file. A time in whole seconds may be
// that of a coarse file system, and counts only when a later write gets another one.
func distinguishes(modTime, now time.Time) bool {
	if modTime.Before(earliestModTime) || modTime.After(now.Add(farAhead)) {
		return false
	}
	return modTime.Nanosecond() != 0 || now.Sub(modTime) > coarseTick
}

// ETag returns an entity-tag made of a file's time and size. It returns "" if the time cannot distinguish versions: then
// it must not be used as a validator either.
func ETag(fi fs.FileInfo) string {
	if !distinguishes(fi.ModTime(), time.Now()) {
		return ""
	}
	var tag [2 * (1 + 16 + 1)]byte
	b := append(tag[:0], '"')
	b = strconv.AppendInt(b, fi.ModTime().UnixNano(), 16)
	b = append(b, '-')
	b = strconv.AppendInt(b, fi.Size(), 16)
	return string(append(b, '"'))
}

// Replaced reports whether b is another file than a, or the same one after a write. Without an inode, as in an
// archive, it returns false.
func Replaced(a, b fs.FileInfo) bool {
	if a == nil || b == nil || a.Sys() == nil || b.Sys() == nil {
		return false
	}
	return !os.SameFile(a, b) || rewritten(a, b, true)
}

// rewritten reports whether a file was written between two looks. If its modification time may be shared by versions, the
// change time is compared as well. Removing or adding a name of the file sets that time, too, and is no write.
func rewritten(a, b fs.FileInfo, shared bool) bool {
	if a.Size() != b.Size() || !a.ModTime().Equal(b.ModTime()) {
		return true
	}
	if !shared {
		return false
	}
	before, names := inodeChange(a)
	after, namesNow := inodeChange(b)
	return names == namesNow && !before.Equal(after)
}
