package gcs

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"
)

// sdk is the lane of a bucket of which only the SDK's client knows the credentials. It turns what the SDK tells
// into the answers that it was told by.
type sdk struct{ bucket *storage.BucketHandle }

func (*sdk) closeIdle() {} // they are the client's

func (*sdk) pushesDown(h http.Header) bool {
	return h.Get("If-None-Match") == "" && h.Get("If-Modified-Since") == "" && h.Get("If-Unmodified-Since") == ""
}

func (l *sdk) send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	o := l.bucket.Object(key).ReadCompressed(true)
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
	off, n, ranged, err := parseRange(h.Get("Range"))
	if err != nil {
		return nil, err
	}
	r, err := o.NewRangeReader(ctx, off, n)
	if err != nil {
		return answered(err)
	}
	resp := opened(r)
	if ranged {
		asPart(resp, r)
	}
	return resp, nil
}

// generation returns the generation that an entity-tag of ours stands for. One that is not ours stands for
// none that there is.
func generation(tag string) int64 {
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n == 0 {
		return math.MaxInt64
	}
	return n
}

// opened is the answer of the whole object.
func opened(r *storage.Reader) *http.Response {
	resp := response(http.StatusOK)
	resp.Body = struct { // without the WriterTo
		io.Reader
		io.Closer
	}{r, r}
	a := &r.Attrs
	resp.ContentLength = a.Size
	setVersion(resp, a.Generation)
	set(resp, "Content-Type", a.ContentType)
	set(resp, "Content-Encoding", a.ContentEncoding)
	set(resp, "Cache-Control", a.CacheControl)
	setDate(resp, a.LastModified)
	if a.CRC32C != 0 {
		setCRC32C(resp, a.CRC32C)
	}
	return resp
}
