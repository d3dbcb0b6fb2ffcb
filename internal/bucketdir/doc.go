// Package bucketdir reads the directory of a file:// bucket as Go CDK's fileblob lays it out. This package and
// internal/diskname are the only code that depends on that layout.
//
// A [Directory] is the file system of the objects. It is read through an os.Root, so symlinks cannot escape it.
package bucketdir
