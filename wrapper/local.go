package wrapper

import (
	"reflect"

	"gocloud.dev/blob"
)

// Localer is a Source that knows whether its content lies here. One that is not is taken for one whose
// content does not.
type Localer interface {
	Local() bool
}

// Local reports whether the content lies here: describing and opening it asks no storage over a network. It does
// for memory, for a file system, and for buckets of Go CDK's fileblob and memblob; not for a remote, for any other
// bucket, or for content that is made while it is sent, which may come from anywhere.
func (f *File) Local() bool {
	l, ok := f.src.(Localer)
	return ok && l.Local()
}

func (s bytesSource) Local() bool   { return true }
func (s *fsSource) Local() bool     { return true }
func (s *dirSource) Local() bool    { return true }
func (s invalidSource) Local() bool { return true }
func (s *blobSource) Local() bool   { return localDriver(s.bucket) }

// localDrivers are the packages of drivers that keep their objects here.
var localDrivers = map[string]bool{"gocloud.dev/blob/fileblob": true, "gocloud.dev/blob/memblob": true}

// localDriver reports whether a bucket's driver is one of them. Go CDK tells nobody which driver a bucket has: As tells
// what a driver wants to tell, which is nothing for memblob, and the SDK's type for a cloud, which cannot be named
// here. So the type of the driver is looked at, below those that add a prefix. It is never read or called; should
// Go CDK rename its fields, nothing is local.
func localDriver(b *blob.Bucket) bool {
	driver := reflect.ValueOf(b).Elem().FieldByName("b")
	for driver.Kind() == reflect.Interface && !driver.IsNil() {
		v := driver.Elem()
		if v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.Struct {
			return false
		}
		if pkg := v.Type().Elem().PkgPath(); pkg != "gocloud.dev/blob/driver" {
			return localDrivers[pkg]
		}
		driver = v.Elem().FieldByName("base")
	}
	return false
}
