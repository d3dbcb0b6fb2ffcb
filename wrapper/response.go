package wrapper

import (
	"context"
	"io"
)

// Response is the result of a [Request] for a file. The caller must close it.
type Response struct {
	Status int     // 200, 206, 304, 412 or 416
	Info   Info    // of the whole content, on a 206 too; on 304 and 412 possibly incomplete
	Ranges []Range // on 206: the parts, in order; more than one are sent as multipart/byteranges

	// Body is the whole content, or the first of Ranges. It is nil if there are no bytes to send: for HEAD, for empty
	// content, and on 304, 412 and 416.
	Body io.ReadCloser

	file *File
	ctx  context.Context //nolint:containedctx // of the request: parts are opened later, one after the other
}

// Range is a part of the content: N bytes from offset Off.
type Range struct{ Off, N int64 }

// Part opens the i-th of Ranges, pinned to the version of Info. Part(0) is Body. Close each part before you open the next,
// so that a response uses one connection at a time. It fails with ErrChanged if the content was replaced.
func (r *Response) Part(i int) (io.ReadCloser, error) {
	if i == 0 {
		return r.Body, nil
	}
	w := r.Ranges[i]
	b, err := r.file.openWindow(r.ctx, windowOpener{file: r.file, info: &r.Info, confirm: true}, w.Off, w.N)
	if err != nil {
		return nil, pathError("open", r.file.name, err)
	}
	return b, nil
}

// Verified returns the name of the storage's checksum that Body matched at its end, as in [Digest]. It returns "" before
// Body has returned io.EOF, and for a body that was not verified: a range, or content without a usable checksum.
func (r *Response) Verified() string {
	if b, ok := r.Body.(*body); ok {
		return b.verified
	}
	return ""
}

// Close closes Body, if it is not nil.
func (r *Response) Close() error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
