package wrapper

import (
	"context"
	"io"
)

// Response answers a [Request] for a file.
type Response struct {
	Status int     // 200, 206, 304, 412 or 416
	Info   Info    // of the whole content, whatever part of it is sent; on 304 and 412 what is known of it
	Ranges []Range // on 206: the parts that are sent, in order; more than one ask for multipart/byteranges

	// Body is the whole content, or the first of Ranges. It is nil when there is nothing to send:
	// for HEAD, for empty content, and on 304, 412 and 416. The caller closes it.
	Body io.ReadCloser

	file *File
	ctx  context.Context //nolint:containedctx // the request's own: the parts of one response are opened one after the other
}

// Range is N bytes from Off.
type Range struct{ Off, N int64 }

// Part opens the i-th of Ranges, each of the content that Info describes. Part(0) is Body. Close a
// part before the next is opened: a response never holds two bodies of a storage at once.
func (r *Response) Part(i int) (io.ReadCloser, error) {
	if i == 0 {
		return r.Body, nil
	}
	w := r.Ranges[i]
	b, err := r.file.openPinned(r.ctx, &r.Info, w.Off, w.N)
	if err != nil {
		return nil, pathError("open", r.file.name, err)
	}
	return b, nil
}

// Close closes Body if there is one.
func (r *Response) Close() error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
