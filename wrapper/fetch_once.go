package wrapper

import (
	"context"
	"io"
	"net/http"
)

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
	} else if v := f.verifier(&resp.Info); v != nil && resp.Status == http.StatusOK && !req.Head {
		if _, err := v.Confirm(ctx); err != nil { // of no bytes
			return nil, err
		}
	}
	if f.described && !f.isVersion(resp.Status, &resp.Info) {
		_ = resp.Close()
		return nil, errNotPinned
	}
	if f.cache != nil && resp.Status < http.StatusMultipleChoices {
		f.infoCache().put(f.loc, resp.Info)
	}
	if f.described {
		size := resp.Info.Size // that of Body
		resp.Info = f.completeInfo(resp.Info)
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
	read := &remoteRead{info: resp.Info}
	b := read.start(ctx, f, conn, &read.info, off, n)
	if resp.Status != http.StatusOK {
		return b
	}
	b.ctx = ctx
	if inner, ok := conn.Body.(*body); ok {
		b.verifier = selfVerified{inner}
	} else {
		b.verifier = f.verifier(&read.info)
	}
	return b
}
