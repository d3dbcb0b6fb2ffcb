package blobdownload

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// stream sends the response of the storage. It is the only way to the copy loop: the limit, Shutdown and the
// write deadline hold for all that passes here.
func (t *transfer) stream() error {
	defer t.leave()
	if err := t.enter(); err != nil {
		return err
	}
	resp, err := t.fetch()
	if err != nil {
		return err
	}
	return t.respond(resp)
}

// respond sends a response of the storage.
func (t *transfer) respond(resp *wrapper.Response) error {
	if t.leaveRate != nil {
		t.limitStorage()
	}
	switch {
	case len(resp.Ranges) > 1:
		return t.multipart(resp)
	case resp.Body == nil:
		return t.bodiless(bodilessOf(resp))
	default:
		return t.body(resp)
	}
}

// enter counts the stream in with the limits of the server. leave must be called, also after an error.
func (t *transfer) enter() (err error) {
	if limit := t.server.Limit; limit != nil {
		if t.leaveLimit, err = limit.acquire(t.r); err != nil {
			return err
		}
	}
	if err := t.server.downloads.acquire(t); err != nil {
		return err
	}
	t.counted = true
	t.deadline.init(t.ctx, t.server, t.w, t.r)
	if t.server.Rate != nil || t.d.Rate != nil {
		t.leaveRate = t.limitStream()
	}
	return nil
}

// leave counts the stream out.
func (t *transfer) leave() {
	if t.deadline.watched {
		t.deadline.stream.stop()
	}
	if t.leaveLimit != nil {
		defer t.leaveLimit()
	}
	if t.counted {
		defer t.server.downloads.release(t)
	}
	if t.leaveRate != nil {
		t.leaveRate()
	}
}

// fetch requests the variant that the client prefers, or the content itself.
func (t *transfer) fetch() (*wrapper.Response, error) {
	if len(t.d.Variants) > 0 {
		if resp, err := t.fetchVariant(); resp != nil || err != nil {
			return resp, err
		}
	}
	req := wrapper.RequestOf(t.r)
	tags := req.IfNoneMatch
	if strings.Contains(tags, decodedMark) {
		req.IfNoneMatch = t.storedTag(tags)
	}
	resp, err := t.d.File.Fetch(t.ctx, req)
	if err != nil || t.d.Header["Content-Encoding"] != nil {
		return resp, err
	}
	if resp.Status == http.StatusNotModified && req.IfNoneMatch != tags && resp.Info.ContentEncoding == "" {
		resp.Info.ContentEncoding = strings.Join(codingsOfTag(tags), ", ")
	}
	if resp.Info.ContentEncoding == "" {
		return resp, nil
	}
	return t.negotiate(resp)
}

// body sends the whole content or one range. The first block is read before the status is written, so that
// a body that fails at once is an HTTP error.
func (t *transfer) body(resp *wrapper.Response) error {
	n := resp.Info.Size
	if len(resp.Ranges) == 1 {
		n = resp.Ranges[0].N
	}
	body := t.metered(resp.Body, &resp.Info, wholeOrRange(resp))
	if n < 0 {
		if err := rejectUndetectable(t.w, t.r); err != nil {
			_ = resp.Close()
			return err
		}
	}
	if len(t.decode) > 0 {
		decoded, err := t.server.decode(body, t.decode, resp.MaxSize())
		if err != nil {
			return failedRead(t.d, err)
		}
		body = decoded
	}
	c := &t.copy
	c.init(t, body, n)
	defer c.close()
	if n >= 0 && resp.Info.Sequential {
		c.flushes() // generated content of a declared length
	}
	if err := c.next(); err != nil {
		return failedRead(t.d, err)
	}
	if err := t.prepareContent(resp.Status, &resp.Info, resp.Ranges); err != nil {
		return err
	}
	t.writeStatus(resp.Status)
	err := c.run()
	if err == nil && (n >= 0 || !c.unsized()) {
		err = t.deadline.flush()
	}
	t.end(resp, err)
	return nil
}

// writeStatus sends the status and the header of a response with a body.
func (t *transfer) writeStatus(status int) {
	t.status = status
	t.w.WriteHeader(status)
	if t.reported() {
		t.firstByte = time.Since(t.start)
	}
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
		if !t.deadline.watched {
			t.deadline.begin() // for what net/http sends afterwards, such as the last chunk; HTTP/2 has no flow control of it
		}
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
