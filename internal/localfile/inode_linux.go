package localfile

import (
	"io/fs"
	"syscall"
	"time"
)

// inodeChange returns the time of the last change to an inode, and the number of its names. Both are zero for a file
// without an inode.
func inodeChange(fi fs.FileInfo) (changed time.Time, names uint64) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}, 0
	}
	return time.Unix(int64(st.Ctim.Sec), int64(st.Ctim.Nsec)), uint64(st.Nlink) //nolint:unconvert // their types depend on the architecture
}
