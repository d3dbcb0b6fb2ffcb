package blobdownload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// body sends the whole content or one range. The first block is read before the status is written, so that
// a body that fails at once is an HTTP error.
func (t *transfer) body(resp *wrapper.Response) error {
	if err := rejectUndetectable(t.w, t.r, bodyLength(resp)); err != nil {
		_ = resp.Close()
		return err
	}
	body, err := t.decodedBody(t.metered(resp.Body, &resp.Info, windowOf(resp)))
	if err != nil {
		return failedRead(t.d, err)
	}
	c := &t.copy
	c.init(t.w, t.r, body, bodyLength(resp), &t.deadline)
	p := part{c, body}
	defer p.close()
	if err := c.prime(); err != nil {
		return failedRead(t.d, err)
	}
	if err := spendLink(t.ctx, t.r); err != nil {
		return err
	}
	t.setContentHeader(resp.Status, &resp.Info, resp.Ranges)
	t.begin(resp.Status)
	if err = c.run(); err == nil && !c.unsized(t.r) {
		err = t.deadline.flush()
	}
	t.end(resp, err)
	return nil
}

// begin sends the status of a response with a body.
func (t *transfer) begin(status int) {
	t.status = status
	t.w.WriteHeader(status)
	t.first = time.Now()
}

// chunkingSize is how much of a body net/http buffers before it omits the Content-Length.
const chunkingSize = 2048

// unsized reports whether net/http may still add the Content-Length of a short body of unknown length.
func (c *copier) unsized(r *http.Request) bool {
	return c.flush != nil && r.ProtoMajor == 1 && c.written <= chunkingSize
}

// windowOf returns the part of the content that a response sends.
func windowOf(resp *wrapper.Response) wrapper.Range {
	if len(resp.Ranges) == 1 {
		return resp.Ranges[0]
	}
	return wrapper.Range{N: resp.Info.Size}
}

func bodyLength(resp *wrapper.Response) int64 { return windowOf(resp).N }

// copier returns the copier of a body of n bytes to the client.
func (t *transfer) copier(body io.Reader, n int64) *copier {
	return newCopier(t.w, t.r, body, n, &t.deadline)
}

// end reports the result of a body that has been sent, and aborts the response if err is not nil.
func (t *transfer) end(resp *wrapper.Response, err error) {
	t.failing = err != nil
	result := Result{Status: resp.Status, Bytes: t.deadline.sent, Err: err}
	if err == nil {
		result.Verified = resp.Verified()
	}
	t.finish(result)
	if err == nil {
		t.deadline.stand()
		return
	}
	switch {
	case errors.Is(context.Cause(t.ctx), errShutdown):
		t.server.log(t.r, errShutdown, logAborted)
	case errors.Is(err, ErrSlowClient), isWriteError(err), t.r.Context().Err() != nil:
		t.server.log(t.r, err, logClientLeft)
	default:
		t.server.log(t.r, err, logAborted)
	}
	t.failing = false
	abort(t.w, t.r)
}

// failedRead returns the error of a body that failed before the status was sent: a *fs.PathError with the file's
// name, so that [Status] takes it for a failure of the storage.
func failedRead(d *Download, err error) error {
	err = unexpectedEOF(err)
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return &fs.PathError{Op: "read", Path: d.File.Name(), Err: err}
}
