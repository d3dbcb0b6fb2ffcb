package wrapper

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// changeAttempts bounds how often a request is planned anew because the content was replaced between
// its description and its opening, when no byte had been sent yet.
const changeAttempts = 3

// Fetch answers a conditional, ranged request in the fewest trips: none when metadata of WithInfo decide it, one
// when the source is a Fetcher, else one to describe and one to open. Errors are *fs.PathError; a
// condition that fails is not an error but a Response with status 304, 412 or 416.
func (f *File) Fetch(ctx context.Context, req Request) (*Response, error) {
	var resp *Response
	err := ErrChanged
	if info, ok := f.facts(); ok {
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

// facts returns what is known of the content without a trip, if that is enough to decide a request.
func (f *File) facts() (Info, bool) {
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
	info = f.describe(info)
	f.cache.put(f.loc, info)
	return f.answer(ctx, req, info)
}

// describe completes the storage's description by what the application knows. What the two cannot both be
// right about is the storage's to say.
func (f *File) describe(info Info) Info {
	known := f.known
	if info.Size >= 0 {
		known.Size = UnknownSize
	}
	if info.contradicts(&f.known) {
		known.ModTime, known.ETag, known.Version, known.Digests = time.Time{}, "", "", nil
	}
	return info.overlay(&known)
}

// answer decides the request on a description and opens what the decision wants.
func (f *File) answer(ctx context.Context, req *Request, info Info) (*Response, error) {
	facts := info.facts(time.Now())
	d := plan.Decide(req.plan(), &facts)
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
