package wrapper

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// changeAttempts bounds how often a request is planned anew because the content was replaced between
// its description and its opening, when no byte had been sent yet.
const changeAttempts = 3

// Fetch answers a conditional, ranged request in the fewest trips: none when Known facts decide it, one
// when the source is a Fetcher, else one to describe and one to open. Errors are *fs.PathError; a
// condition that fails is not an error but a Response with status 304, 412 or 416.
func (f *File) Fetch(ctx context.Context, req Request) (*Response, error) {
	resp, err := f.fetch(ctx, &req, f.known.Size > 0)
	for i := 1; i < changeAttempts && errors.Is(err, ErrChanged); i++ {
		resp, err = f.fetch(ctx, &req, false)
	}
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	return resp, nil
}

func (f *File) fetch(ctx context.Context, req *Request, trustKnown bool) (*Response, error) {
	if trustKnown {
		return f.answer(ctx, req, f.known)
	}
	if src, ok := f.src.(Fetcher); ok && !req.severalRanges() {
		return f.fetchOnce(ctx, src, req)
	}
	info, err := f.stat(ctx)
	if err != nil {
		return nil, err
	}
	return f.answer(ctx, req, f.describe(info))
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

// fetchOnce lets a source answer in its one trip.
func (f *File) fetchOnce(ctx context.Context, src Fetcher, req *Request) (*Response, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := src.Fetch(ctx, *req)
	if err != nil {
		leave()
		return nil, err
	}
	resp.file, resp.ctx = f, ctx
	if resp.Body == nil {
		leave()
	} else {
		resp.Body = newBody(resp.Body, resp.length(), leave)
	}
	resp.Info = f.describe(resp.Info)
	return resp, nil
}

// length is how many bytes Body has.
func (r *Response) length() int64 {
	if len(r.Ranges) > 0 {
		return r.Ranges[0].N
	}
	return r.Info.Size
}

// Open reads n bytes from off, or everything from off when n is negative. An n of 0 opens nothing.
// A read that ends early fails with an error other than io.EOF. ctx holds for the life of the reader.
func (f *File) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	body, err := f.openPinned(ctx, nil, off, n)
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	return body, nil
}

// openPinned opens a window of the content that info describes, or fails with ErrChanged. A nil info
// accepts whatever is there.
func (f *File) openPinned(ctx context.Context, info *Info, off, n int64) (*body, error) {
	if n == 0 {
		return newBody(http.NoBody, 0, func() {}), nil
	}
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	rc, err := f.openSource(ctx, info, off, n)
	if err != nil {
		leave()
		return nil, err
	}
	if d, ok := rc.(interface{ Info() Info }); ok && info != nil {
		if got := d.Info(); got.contradicts(info) {
			_ = rc.Close()
			leave()
			return nil, ErrChanged
		}
	}
	return newBody(rc, n, leave), nil
}

// openSource opens a window, under the version of info where the source can be told to.
func (f *File) openSource(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error) {
	src, ok := f.src.(pinnedOpener)
	if !ok || info == nil {
		return f.src.Open(ctx, off, n)
	}
	return src.openPinned(ctx, info, off, n)
}

// pinnedOpener is a source that can ask its storage for a window of one version only.
type pinnedOpener interface {
	openPinned(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error)
}
