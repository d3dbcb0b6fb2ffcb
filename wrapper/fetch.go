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

// Fetch answers a conditional, ranged request in the fewest trips: none when metadata of WithInfo decide it, one
// when the source is a Fetcher, else one to describe and one to open. Errors are *fs.PathError; a
// condition that fails is not an error but a Response with status 304, 412 or 416.
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

// answer decides the request on a description and opens what the decision wants.
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

// fetchOnce lets a source answer in its one trip.
func (f *File) fetchOnce(ctx context.Context, src Fetcher, req *Request) (*Response, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	var resp *Response
	read := &remoteRead{}
	err = f.attempt(ctx, func() (err error) {
		resp, err = f.fetchOn(ctx, &read.from.first, src, req)
		return err
	})
	if err != nil {
		leave()
		return nil, err
	}
	resp.file, resp.ctx = f, ctx
	if resp.Body == nil {
		leave()
	} else {
		resp.Body = f.fetchedBody(ctx, resp, read, leave)
	}
	resp.Info = f.completeInfo(resp.Info)
	return resp, nil
}

// fetchOn makes the request of fetchOnce on a new connection.
func (f *File) fetchOn(ctx context.Context, conn *connection, src Fetcher, req *Request) (*Response, error) {
	acquire := f.limiter.read
	if req.Head {
		acquire = f.limiter.stat
	}
	release, err := acquire(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	resp, err := src.Fetch(ctx, *req)
	if err != nil || resp.Body == nil {
		cancel()
		release()
		return resp, err
	}
	*conn = connection{body: resp.Body, cancel: cancel, release: release}
	return resp, nil
}

// fetchedBody reads what fetchOnce has opened.
func (f *File) fetchedBody(ctx context.Context, resp *Response, read *remoteRead, leave func()) *body {
	n := resp.length()
	off := int64(0)
	if len(resp.Ranges) > 0 {
		off = resp.Ranges[0].Off
	}
	info := resp.Info
	s, b := &read.from, &read.to
	s.conn = &s.first
	s.begin(ctx, f, &info, off, n)
	b.rc, b.left, b.leave = s, n, leave
	if resp.Status == http.StatusOK {
		b.sum = checksumOf(info.Digests)
	}
	return b
}

// remoteRead is a body and what it reads, made at once.
type remoteRead struct {
	to   body
	from steady
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
	open := opener{f, info, false}
	var conn *connection
	err = f.attempt(ctx, func() (err error) {
		conn, err = connect(ctx, open, off, n)
		return err
	})
	if err != nil {
		leave()
		return nil, err
	}
	if _, remote := f.src.(pinnedOpener); !remote {
		return newBody(conn.body, n, func() { conn.cancel(); conn.release(); leave() }), nil
	}
	if info == nil {
		info = infoOf(conn.body)
	}
	s := &steady{conn: conn}
	s.begin(ctx, f, info, off, n)
	b := newBody(s, n, leave)
	if off == 0 && info != nil && n == info.Size {
		b.sum = checksumOf(info.Digests)
	}
	return b, nil
}

// begin makes s go on reading where its connection stands.
func (s *steady) begin(ctx context.Context, f *File, info *Info, off, n int64) {
	s.ctx, s.transfer, s.pos, s.end = ctx, f.transfer, off, -1
	s.slot, s.conn.release = s.conn.release, func() {}
	switch {
	case n >= 0:
		s.end = off + n
	case info != nil && info.Size >= 0:
		s.end = info.Size
	}
	if _, ok := f.src.(pinnedOpener); ok && info != nil && !info.Sequential {
		s.pinned = info.Version != "" || plan.StrongMatch(info.ETag, info.ETag)
		s.open = opener{f, info, true}
	}
}

// open opens a window on a connection of the limiter's, which release gives back.
func (o opener) open(ctx context.Context, off, n int64) (rc io.ReadCloser, release func(), err error) {
	f, info := o.file, o.info
	if release, err = o.enter(ctx); err != nil {
		return nil, nil, err
	}
	if src, ok := f.src.(pinnedOpener); ok && info != nil {
		rc, err = src.openPinned(ctx, info, off, n)
	} else {
		if info != nil && off == 0 && n == info.Size {
			n = -1 // to the end: content that is longer than it was said to be shows itself only so
		}
		f.countPortable(ctx)
		rc, err = f.src.Open(ctx, off, n)
	}
	if err != nil {
		release()
		return nil, nil, err
	}
	if got := infoOf(rc); got != nil && info != nil && got.contradicts(info) {
		_ = rc.Close()
		release()
		return nil, nil, ErrChanged
	}
	return rc, release, nil
}

// infoOf returns what a reader says of the content that it reads, or nil.
func infoOf(r io.Reader) *Info {
	d, ok := r.(interface{ Info() Info })
	if !ok {
		return nil
	}
	info := d.Info()
	return &info
}

// pinnedOpener is a remote source, which can ask its storage for a window of one version only.
type pinnedOpener interface {
	openPinned(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error)
}
