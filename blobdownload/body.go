package blobdownload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// body sends the whole content or one range. The first block is read before the status is written, so that
// a body that fails at once is an HTTP error.
func (t *transfer) body(resp *wrapper.Response) error {
	body, err := t.decodedBody(resp.Body)
	if err != nil {
		return failedRead(t.d, err)
	}
	c := t.copier(body, bodyLength(resp))
	p := part{c, body}
	defer p.close()
	if err := c.prime(); err != nil {
		return failedRead(t.d, err)
	}
	t.setContentHeader(resp.Status, &resp.Info, resp.Ranges)
	sent := false
	defer t.resetUnless(&sent)
	t.w.WriteHeader(resp.Status)
	t.first = time.Now()
	err = c.run()
	t.end(resp, c.written, err)
	sent = true
	return nil
}

func bodyLength(resp *wrapper.Response) int64 {
	if len(resp.Ranges) == 1 {
		return resp.Ranges[0].N
	}
	return resp.Info.Size
}

// copier returns the copier of a body of n bytes to the client.
func (t *transfer) copier(body io.Reader, n int64) *copier {
	c := newCopier(t.w, t.r, body, n)
	c.deadline = &t.deadline
	return c
}

// end reports the result of a body that has been sent, and aborts the response if err is not nil.
func (t *transfer) end(resp *wrapper.Response, written int64, err error) {
	result := Result{Status: resp.Status, Bytes: written, Err: err}
	if err == nil {
		result.Verified = resp.Verified()
	}
	t.finish(result)
	if err == nil {
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
