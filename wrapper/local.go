package wrapper

import (
	"os"

	"gocloud.dev/blob"
)

// LocalSource is a Source that knows whether its content lies here. One that is not is taken for one whose
// content does not.
type LocalSource interface {
	Local() bool
}

// Local reports whether the content is known to lie here: describing and opening it asks no storage over a network.
// So it is for bytes, for a file system, and for buckets of Go CDK's fileblob; not for a remote, for any other
// bucket (memblob does not tell that it is one), or for content that is made while it is sent, which may come from
// anywhere.
func (f *File) Local() bool {
	l, ok := f.src.(LocalSource)
	return ok && l.Local()
}

func (s bytesSource) Local() bool   { return true }
func (s *fsSource) Local() bool     { return true }
func (s *dirSource) Local() bool    { return true }
func (s invalidSource) Local() bool { return true }
func (s *blobSource) Local() bool   { return localDriver(s.bucket) }

// localDriver reports whether a bucket is one of fileblob, which tells of its directory.
func localDriver(b *blob.Bucket) bool {
	var directory os.FileInfo
	return b.As(&directory)
}
