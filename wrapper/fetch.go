package wrapper

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/checksum"
)

// changeAttempts is how often Fetch starts again because the content was replaced between Stat and Open.
const changeAttempts = 3

// Fetch answers a conditional, ranged request with the fewest requests to the storage. It makes none if metadata of
// WithInfo decides the answer, one if the source is a Fetcher, and else a Stat and an Open. A false precondition is a
// Response with status 304 or 412, an unsatisfiable Range one with status 416. Every error is a *fs.PathError, also of
// the body, except io.EOF.
func (f *File) Fetch(ctx context.Context, req Request) (*Response, error) {
	if local, ok := f.opensLocally(&req); ok {
		resp, err := f.fetchLocal(ctx, local, &req)
		if err != nil {
			return nil, pathError("open", f.name, err)
		}
		return resp, nil
	}
	return f.fetchCurrent(ctx, &req)
}

// fetchCurrent is Fetch of content that may have to be fetched again, because its metadata was stale.
func (f *File) fetchCurrent(ctx context.Context, req *Request) (resp *Response, err error) {
	source := f
	err = ErrChanged
	if (f.described || f.cache != nil) && !isStale(ctx) {
		resp, source, err = f.fetchKnown(ctx, req)
	}
	for i := 0; i < changeAttempts && errors.Is(err, ErrChanged); i++ {
		if f.cache != nil {
			f.infoCache().forget(f.loc)
		}
		if errors.Is(err, errAltered) && req.severalRanges() {
			req = req.whole() // the metadata is that of other bytes
		}
		if i > 0 {
			ctx = stale(ctx)
		}
		resp, err = source.fetch(ctx, req)
		if errors.Is(err, errNotPinned) && source.knowsVersion() {
			source, err = source.current(), ErrChanged
		}
	}
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	resp.maxSize = cmp.Or(resp.maxSize, f.maxSize())
	return resp, nil
}

// fetchesCurrent reports whether metadata spares nothing: a GET of the whole of an object needs one request either way, and
// the response has the metadata of the current version.
func (f *File) fetchesCurrent(req *Request) bool {
	_, object := f.src.(*storeObject)
	return object && *req == (Request{}) && f.pin == "" && f.known.Version == "" && f.known.ETag != ""
}

// fetchKnown answers a request with metadata from WithInfo or the InfoCache. The error is ErrChanged if the request is to be
// sent to source: the metadata is stale, or not enough to decide the request.
func (f *File) fetchKnown(ctx context.Context, req *Request) (resp *Response, source *File, err error) {
	info := f.cachedInfo()
	if info == nil || !info.decides(req) || f.fetchesCurrent(req) {
		return nil, f, ErrChanged
	}
	source = f.current()
	resp, err = f.answer(ctx, req, info)
	if err != nil || resp.Body == nil || resp.Status != http.StatusPartialContent {
		return resp, source, err
	}
	if got := resp.Body.(*body).response; got != nil && got.Size < 0 { // the length of the whole is not confirmed
		_ = resp.Close()
		return nil, source, ErrChanged
	}
	return resp, source, nil
}

// cachedInfo returns the metadata from WithInfo or the InfoCache, or nil if it is not enough to decide a request.
func (f *File) cachedInfo() *Info {
	if f.known.Size > 0 {
		if f.isVersion(http.StatusOK, f.known) {
			return f.known
		}
		return nil
	}
	info, ok := f.infoCache().get(f.loc)
	if !ok {
		return nil
	}
	f.completeInfo(&info)
	return &info
}

func (f *File) fetch(ctx context.Context, req *Request) (*Response, error) {
	src := f.src
	if f.described {
		src = f.source()
	}
	if fetcher, ok := src.(Fetcher); ok && (req.Range == "" || !req.severalRanges()) {
		return f.fetchOnce(ctx, fetcher, req)
	}
	return f.fetchDescribed(ctx, src, req)
}

// fetchDescribed answers a request with metadata of the source.
func (f *File) fetchDescribed(ctx context.Context, src Source, req *Request) (*Response, error) {
	info, err := f.stat(ctx)
	if err != nil {
		return nil, err
	}
	if fetcher, ok := src.(Fetcher); ok && info.unstored && !req.Head {
		return f.fetchOnce(ctx, fetcher, req.whole())
	}
	f.infoCache().put(f.loc, &info)
	f.completeInfo(&info)
	return f.answer(ctx, req, &info)
}

// decide sets the status and all ranges of resp from its metadata. It returns the first window to send, whose N is 0
// if there is none, and negative for a whole of unknown length.
func decide(req *Request, resp *Response) (first Range) {
	d := resp.Info.decide(req)
	resp.Status = d.Status
	switch d.Status {
	case http.StatusOK:
		return Range{0, resp.Info.Size}
	case http.StatusPartialContent:
		resp.Ranges = make([]Range, d.Len())
		for i := range resp.Ranges {
			resp.Ranges[i] = Range(d.At(i))
		}
		return resp.Ranges[0]
	default:
		return Range{}
	}
}

// answer decides the request with the metadata, and opens the body of a 200 or 206.
func (f *File) answer(ctx context.Context, req *Request, info *Info) (*Response, error) {
	resp := &Response{Info: *info, file: f, ctx: ctx}
	want := decide(req, resp)
	off, n := want.Off, want.N
	if req.Head || n == 0 {
		return resp, nil
	}
	if len(resp.Ranges) > 1 && !f.pinsParts(info) {
		return f.answer(ctx, req.whole(), info)
	}
	if f.undated(info) {
		return nil, ErrChanged
	}
	body, err := f.openPinned(ctx, info, off, n)
	if errors.Is(err, errLostTag) {
		return f.answer(ctx, &Request{}, info.withoutVersion())
	}
	if err != nil {
		return nil, err
	}
	resp.Body = body
	if got := body.response; got != nil {
		return f.confirmed(ctx, req, resp, got)
	}
	return resp, nil
}

// pinsParts reports whether several windows can be opened one after the other such that all are of one version. The responses
// of a remote, the times of a bucket's objects and those of local files show whether they are. Other sources have nothing but
// the metadata: a weak entity-tag or a date can be that of two versions.
func (f *File) pinsParts(info *Info) bool {
	switch f.src.(type) {
	case pinnedOpener, *blobSource, *dirSource, *fsSource, bytesSource:
		return true
	default:
		return info.pins()
	}
}

// confirmed completes a response that was planned from metadata with the metadata of the remote's response.
func (f *File) confirmed(ctx context.Context, req *Request, resp *Response, got *Info) (*Response, error) {
	if len(resp.Ranges) > 1 && !got.pins() { // the parts could be of different versions
		_ = resp.Close()
		return f.answer(ctx, req.whole(), &resp.Info)
	}
	planned := &resp.Info
	if planned.ETag != "" && got.ETag == "" && !got.samePin(planned) { // the response does not confirm the version
		if len(resp.Ranges) > 0 {
			_ = resp.Close()
			return nil, ErrChanged
		}
		*planned = *planned.withoutVersion()
	}
	f.infoCache().put(f.loc, got)
	sequential := planned.Sequential
	if _, remote := f.src.(pinnedOpener); remote {
		planned.update(got)
	} else {
		planned.overlay(got)
	}
	f.completeInfo(planned)
	planned.Sequential = sequential
	return resp, nil
}

// fetchOnce answers a request with the one request of a Fetcher.
func (f *File) fetchOnce(ctx context.Context, src Fetcher, req *Request) (*Response, error) {
	var resp *Response
	conn, err := f.connect(ctx, req.Head, func(ctx context.Context) (body io.ReadCloser, err error) {
		if resp, err = src.Fetch(ctx, *req); err != nil {
			return nil, err
		}
		return resp.Body, nil
	})
	if err != nil {
		return nil, err
	}
	resp.file, resp.ctx = f, ctx
	if resp.Body != nil {
		resp.Body = f.fetchedBody(ctx, resp, conn)
	} else if v := f.verifier(&resp.Info, new(checksum.CRC)); v != nil && resp.Status == http.StatusOK && !req.Head {
		if _, err := v.Confirm(ctx); err != nil { // of no bytes
			return nil, err
		}
	}
	if f.described && !f.isVersion(resp.Status, &resp.Info) {
		_ = resp.Close()
		return nil, errNotPinned
	}
	if f.cache != nil && resp.Status < http.StatusMultipleChoices {
		f.infoCache().put(f.loc, &resp.Info)
	}
	if f.described {
		size := resp.Info.Size // that of Body
		f.completeInfo(&resp.Info)
		resp.Info.Size = size
	}
	return resp, nil
}

// fetchedBody returns the body of a response, which is open on a connection.
func (f *File) fetchedBody(ctx context.Context, resp *Response, conn connection) *body {
	off, n := int64(0), resp.Info.Size
	if len(resp.Ranges) > 0 {
		off, n = resp.Ranges[0].Off, resp.Ranges[0].N
	}
	if inner, ok := conn.Body.(*body); ok { // of a file that limits stalls and resumes itself
		b := f.bodyOf(conn, n)
		if resp.Status == http.StatusOK {
			b.ctx, b.verifier = ctx, selfVerified{inner}
		}
		return b
	}
	read := resp.read
	if resp.read = nil; read == nil {
		read = new(remoteRead)
	}
	read.info = resp.Info
	b := read.start(ctx, f, conn, &read.info, off, n)
	if resp.Status != http.StatusOK {
		return b
	}
	b.ctx, b.verifier = ctx, f.verifier(&read.info, &read.crc)
	return b
}
