package wrapper

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// changeAttempts is how often Fetch starts again because the content was replaced between Stat and Open.
const changeAttempts = 3

// Fetch answers a conditional, ranged request with the fewest requests to the storage. It makes none if metadata of
// WithInfo decides the answer, one if the source is a Fetcher, and else a Stat and an Open. A false precondition is a
// Response with status 304 or 412, an unsatisfiable Range one with status 416. Every error is a *fs.PathError, also of
// the body, except io.EOF.
func (f *File) Fetch(ctx context.Context, req Request) (*Response, error) {
	var resp *Response
	err := ErrChanged
	if info, ok := f.cachedInfo(); ok {
		resp, err = f.answer(ctx, &req, info)
	}
	for i := 0; i < changeAttempts && errors.Is(err, ErrChanged); i++ {
		f.cache.forget(f.loc)
		resp, err = f.fetch(ctx, &req)
	}
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	if !f.pinned(&resp.Info) {
		_ = resp.Close()
		return nil, pathError("open", f.name, errNotPinned)
	}
	return resp, nil
}

// cachedInfo returns the metadata from WithInfo or the InfoCache, if it is enough to decide a request.
func (f *File) cachedInfo() (Info, bool) {
	if f.known.Size > 0 {
		return f.known, true
	}
	info, ok := f.cache.get(f.loc)
	return info, ok
}

func (f *File) fetch(ctx context.Context, req *Request) (*Response, error) {
	if src, ok := f.src.(Fetcher); ok && !req.severalRanges() {
		resp, err := f.fetchOnce(ctx, src, req)
		if err == nil && resp.Status < http.StatusMultipleChoices {
			f.cache.put(f.loc, resp.Info)
		}
		return resp, err
	}
	info, err := f.stat(ctx)
	if err != nil {
		return nil, err
	}
	info = f.completeInfo(info)
	f.cache.put(f.loc, info)
	return f.answer(ctx, req, info)
}

// completeInfo adds the metadata from WithInfo to the storage's. Where the two contradict each other, the storage's is used.
func (f *File) completeInfo(info Info) Info {
	known := f.known
	if info.Size >= 0 {
		known.Size = UnknownSize
	}
	if info.contradicts(&f.known) {
		known.ModTime, known.ETag, known.Version, known.Digests = time.Time{}, "", "", nil
	}
	return info.overlay(&known)
}

// answer decides the request with the metadata, and opens the body of a 200 or 206.
func (f *File) answer(ctx context.Context, req *Request, info Info) (*Response, error) {
	metadata := info.planFacts(time.Now())
	d := plan.Decide(req.plan(), &metadata)
	resp := &Response{Status: d.Status, Info: info, file: f, ctx: ctx}
	off, n := int64(0), info.Size
	switch d.Status {
	case http.StatusOK:
	case http.StatusPartialContent:
		resp.Ranges = make([]Range, d.Len())
		for i := range resp.Ranges {
			resp.Ranges[i] = Range(d.At(i))
		}
		off, n = resp.Ranges[0].Off, resp.Ranges[0].N
	default:
		return resp, nil
	}
	if req.Head || n == 0 {
		return resp, nil
	}
	body, err := f.openPinned(ctx, &info, off, n)
	if err != nil {
		return nil, err
	}
	resp.Body = body
	return resp, nil
}
