package gcs

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// sdk is the route of a bucket whose credentials only the SDK's client has. It makes responses of what the SDK returns.
type sdk struct{ bucket *storage.BucketHandle }

func (*sdk) closeIdle() {} // the client has them

func (*sdk) canSend(h http.Header) bool {
	return h.Get("If-None-Match") == "" && h.Get("If-Modified-Since") == "" && h.Get("If-Unmodified-Since") == ""
}

func (s *sdk) send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	o := s.bucket.Object(key).ReadCompressed(true)
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

// get reads an object, or the part that Range names.
func get(ctx context.Context, o *storage.ObjectHandle, h http.Header) (*http.Response, error) {
	if tag := h.Get("If-Match"); tag != "" {
		o = o.If(storage.Conditions{GenerationMatch: generation(tag)})
	}
	field := h.Get("Range")
	off, n := int64(0), int64(-1)
	if field != "" {
		var err error
		if off, n, err = upstream.ParseRange(field); err != nil {
			return nil, err
		}
	}
	r, err := o.NewRangeReader(ctx, off, n)
	if err != nil {
		return errorResponse(err)
	}
	resp := contentResponse(r)
	if field != "" {
		setPart(resp, r)
	}
	return resp, nil
}

// generation returns the generation of an entity-tag made of one. Any other tag has one that no object has.
func generation(tag string) int64 {
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n == 0 {
		return math.MaxInt64
	}
	return n
}
