// Package gcs makes buckets of Google Cloud Storage known by their URL scheme, gs://, and serves their objects
// in one request each: import it for that effect.
//
// A bucket that was opened by wrapper.OpenBucket or blobdownload.OpenStorage is read by the service's XML API,
// with the Application Default Credentials that Go CDK uses for such a URL: every condition and range is part
// of the one request, and everything that is stored with the object is known from its answer. The entity-tag is
// the service's, which is the one that clients of presigned URLs see.
//
// A bucket that was opened in another way, or by gRPC, is read by the SDK's client that it holds. That tells no
// entity-tag of the XML API: the object's generation takes its place, and a request with If-None-Match, or
// with a condition on a date, asks for the object's description first.
//
// Objects are read as they are stored, never decompressed on the way, and always one generation of them.
package gcs

import (
	"github.com/go-downloadview/downloadview/wrapper"

	_ "gocloud.dev/blob/gcsblob" // registers the scheme
)

func init() { wrapper.RegisterStore(open) }
