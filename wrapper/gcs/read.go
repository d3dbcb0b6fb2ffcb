package gcs

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"
)

// get reads an object, or the part that Range names.
func get(ctx context.Context, o *storage.ObjectHandle, h http.Header) (*http.Response, error) {
	if tag := h.Get("If-Match"); tag != "" {
		g := generation(tag)
		if g == 0 {
			g = math.MaxInt64 // a tag that is not ours names no generation
		}
		o = o.If(storage.Conditions{GenerationMatch: g})
	}
	off, n, ranged, err := parseRange(h.Get("Range"))
	if err != nil {
		return nil, err
	}
	r, err := o.NewRangeReader(ctx, off, n)
	if err != nil {
		return answered(err)
	}
	if !ranged {
		return whole(r), nil
	}
	return part(r), nil
}

// parseRange reads "bytes=5-9", "bytes=5-" or "bytes=-5" into what the SDK takes.
func parseRange(field string) (off, n int64, ranged bool, err error) {
	if field == "" {
		return 0, -1, false, nil
	}
	_, spec, _ := strings.Cut(field, "=")
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case ok && first == "" && errB == nil:
		return -b, -1, true, nil
	case ok && errA == nil && last == "":
		return a, -1, true, nil
	case ok && errA == nil && errB == nil && a <= b:
		return a, b - a + 1, true, nil
	default:
		return 0, 0, false, fmt.Errorf("range %q is not one that Google Cloud Storage knows", field)
	}
}

func whole(r *storage.Reader) *http.Response {
	resp := opened(r, http.StatusOK)
	resp.ContentLength = r.Attrs.Size
	return resp
}

func part(r *storage.Reader) *http.Response {
	resp := opened(r, http.StatusPartialContent)
	resp.ContentLength = r.Remain()
	last := r.Attrs.StartOffset + r.Remain() - 1
	resp.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", r.Attrs.StartOffset, last, r.Attrs.Size))
	return resp
}

func opened(r *storage.Reader, status int) *http.Response {
	resp := response(status)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{r, r}
	a := &r.Attrs
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
