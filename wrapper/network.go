package wrapper

import (
	"context"
	"reflect"

	"gocloud.dev/blob"
)

// countPortable counts a request that may go over a network. Remote sources count their own requests. Sources of third
// parties count unless they are local.
func (f *File) countPortable(ctx context.Context) {
	switch src := f.src.(type) {
	case pinnedOpener:
		return
	case NetworkSource:
		if !src.Network() {
			return
		}
	case LocalSource:
		if src.Local() {
			return
		}
	}
	countRequest(ctx)
}

func (funcSource) Network() bool { return false }

func (s *blobSource) Network() bool { return !s.bucket.known().memory && !s.Local() }

// inMemory reports whether a bucket is memblob's, whose driver has no public type.
func inMemory(b *blob.Bucket) bool {
	if b == nil {
		return false
	}
	driver := reflect.ValueOf(b).Elem().FieldByName("b")
	for driver.Kind() == reflect.Interface && !driver.IsNil() {
		t := driver.Elem().Type()
		if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
			return false
		}
		if t.Elem().PkgPath() == "gocloud.dev/blob/memblob" {
			return true
		}
		driver = driver.Elem().Elem().FieldByName("base") // of a prefixed bucket
	}
	return false
}
