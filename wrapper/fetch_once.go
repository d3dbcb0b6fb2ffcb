package wrapper

import (
	"context"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// fetchOnce answers a request with the one request of a Fetcher.
func (f *File) fetchOnce(ctx context.Context, src Fetcher, req *Request) (*Response, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	read := &remoteRead{}
	var resp *Response
	var release func()
	err = f.attempt(ctx, func() (err error) {
		resp, release, err = f.fetchOn(ctx, &read.first, src, req)
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
		resp.Body = f.fetchedBody(ctx, resp, read, release, leave)
	}
	resp.Info = f.completeInfo(resp.Info)
	return resp, nil
}

// fetchOn makes the request on a connection of the limiter, which release returns if the response has a body.
func (f *File) fetchOn(ctx context.Context, conn *resume.Conn, src Fetcher, req *Request) (resp *Response, release func(), err error) {
	acquire := f.limiter.read
	if req.Head {
		acquire = f.limiter.stat
	}
	if release, err = acquire(ctx); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	resp, err = src.Fetch(ctx, *req)
	if err != nil || resp.Body == nil {
		cancel()
		release()
		return resp, nil, err
	}
	*conn = resume.Conn{Body: resp.Body, Cancel: cancel}
	return resp, release, nil
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
		b.verify(ctx, f.verifierOf(read.first.Body, &read.info))
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
