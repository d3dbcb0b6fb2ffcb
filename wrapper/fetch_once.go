package wrapper

import (
	"context"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// fetchOnce answers a request with the one request of a Fetcher.
func (f *File) fetchOnce(ctx context.Context, src Fetcher, req *Request) (*Response, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	held := false // by the body
	defer func() {
		if !held { // also after a panic
			leave()
		}
	}()
	read := &remoteRead{}
	var resp *Response
	var release func()
	by := f.firstByteBy()
	err = f.attempt(ctx, by, func() (err error) {
		resp, release, err = f.fetchOn(ctx, &read.first, src, req, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	resp.file, resp.ctx = f, ctx
	if resp.Body != nil {
		resp.Body = f.fetchedBody(ctx, resp, read, release, leave)
		held = true
	} else if v := f.verifier(nil, &resp.Info); v != nil && resp.Status == http.StatusOK && !req.Head {
		if _, err := v.Confirm(ctx); err != nil { // of no bytes
			return nil, err
		}
	}
	if !f.isVersion(resp.Status, &resp.Info) {
		_ = resp.Close()
		return nil, errNotPinned
	}
	if resp.Status < http.StatusMultipleChoices {
		f.infoCache().put(f.loc, resp.Info)
	}
	size := resp.Info.Size // that of Body
	resp.Info = f.completeInfo(resp.Info)
	resp.Info.Size = size
	return resp, nil
}

// fetchOn makes the request on a connection of the limiter, which release returns if the response has a body. The
// response must arrive before the deadline, unless that is zero.
func (f *File) fetchOn(
	ctx context.Context, conn *resume.Conn, src Fetcher, req *Request, by time.Time,
) (resp *Response, release func(), err error) {
	acquire := f.limiter.read
	if req.Head {
		acquire = f.limiter.stat
	}
	free, err := acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	*conn = resume.Conn{Cancel: cancel}
	defer func() {
		if release == nil { // also after a panic
			conn.Abort()
			free()
		}
	}()
	conn.Await(by)
	resp, err = src.Fetch(ctx, *req)
	late := conn.Late()
	switch {
	case late && resp != nil:
		_ = resp.Close()
		return nil, nil, errNoResponse
	case late:
		return nil, nil, errNoResponse
	case err != nil || resp.Body == nil:
		return resp, nil, err
	}
	conn.Body = resp.Body
	return resp, free, nil
}

// fetchedBody returns the body of a response of fetchOnce.
func (f *File) fetchedBody(ctx context.Context, resp *Response, read *remoteRead, release, leave func()) *body {
	n, off := resp.length(), int64(0)
	if len(resp.Ranges) > 0 {
		off = resp.Ranges[0].Off
	}
	read.info = resp.Info
	b := read.start(ctx, f, &read.info, off, n)
	b.release, b.leave = release, leave
	if resp.Status == http.StatusOK {
		b.verify(ctx, f.verifier(read.first.Body, &read.info))
	}
	return b
}

// length is how many bytes Body has.
func (r *Response) length() int64 {
	if len(r.Ranges) > 0 {
		return r.Ranges[0].N
	}
	return r.Info.Size
}
