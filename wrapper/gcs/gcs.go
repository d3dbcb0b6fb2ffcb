// Package gcs makes buckets of Google Cloud Storage known by their URL scheme, gs://, and serves their objects
// in one request each: import it for that effect.
//
// Objects are read as they are stored, never decompressed on the way, and always one generation of them. Their
// entity-tag is that generation, which every API of the service tells alike; the tags that the service
// itself sends differ between its APIs. A request with If-None-Match, or with a condition on a date, asks
// for the object's description first: the service evaluates neither on a read.
package gcs

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"weak"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/gcsblob" // registers the scheme

	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(open) }

// store is a bucket, possibly under a prefix.
type store struct {
	bucket weak.Pointer[blob.Bucket]
}

func open(b *blob.Bucket) (wrapper.Store, bool) {
	var c *storage.Client
	if !b.As(&c) {
		return nil, false
	}
	return &store{bucket: weak.Make(b)}, true
}

var (
	errClosed = errors.New("the bucket is no longer in use")
	errFound  = errors.New("the object's handle was found")
)

// handle returns the handle of an object as the bucket escapes and prefixes its key, without a request: a
// read is begun and given up before it is sent.
func (s *store) handle(ctx context.Context, key string) (*storage.ObjectHandle, error) {
	b := s.bucket.Value()
	if b == nil {
		return nil, errClosed
	}
	var found *storage.ObjectHandle
	_, err := b.NewRangeReader(ctx, key, 0, -1, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
		var h **storage.ObjectHandle
		if as(&h) {
			found = *h
		}
		return errFound
	}})
	if found == nil {
		return nil, err
	}
	return found.ReadCompressed(true), nil
}

func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	o, err := s.handle(ctx, key)
	if err != nil {
		return nil, err
	}
	if version != "" {
		generation, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return nil, err
		}
		o = o.Generation(generation)
	}
	if method == http.MethodHead {
		return head(ctx, o)
	}
	return get(ctx, o, h)
}

// PushesDown reports whether a read can carry all of the fields.
func (s *store) PushesDown(h http.Header) bool {
	return h.Get("If-None-Match") == "" && h.Get("If-Modified-Since") == "" && h.Get("If-Unmodified-Since") == ""
}

// generation returns the generation that an entity-tag of ours stands for, or 0.
func generation(tag string) int64 {
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
