package blobdownload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// transfer is one download on its way to one client.
type transfer struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	given  *Download // by the view
	d      *Download // what is sent: given, or a variant of it
	start  time.Time

	negotiated bool     // the answer depends on Accept-Encoding
	undo       []string // the codings to be undone on the way out

	ctx context.Context //nolint:containedctx // the request's, until the server is shut down

	patience patience
	trace    wrapper.Trace
	first    time.Time // when the first byte was to be written
	result   Result    // once ended
	ended    bool
}

func (t *transfer) finish(result Result) {
	result.Download = t.given
	result.Elapsed = time.Since(t.start)
	result.Requests, result.Resumes = t.trace.Requests.Load(), t.trace.Resumes.Load()
	if !t.first.IsZero() {
		result.FirstByte = t.first.Sub(t.start)
	}
	t.result, t.ended = result, true
	if t.server.Observe != nil {
		t.server.Observe(t.r, result)
	}
}

// copier returns what copies a body of n bytes to the client.
func (t *transfer) copier(body io.Reader, n int64) *copier {
	c := newCopier(t.w, t.r, body, n)
	c.patience = &t.patience
	return c
}

// answer sends the response of a file.
func (t *transfer) answer(resp *wrapper.Response) error {
	switch {
	case resp.Status == http.StatusNotModified:
		t.notModified(resp)
	case resp.Status == http.StatusPreconditionFailed:
		writeStatus(t.w, resp.Status)
	case resp.Status == http.StatusRequestedRangeNotSatisfiable:
		t.unsatisfied(resp)
	case len(resp.Ranges) > 1:
		return t.multipart(resp)
	default:
		return t.content(resp)
	}
	t.finish(Result{Status: resp.Status})
	return nil
}

// notModified sends what RFC 9110 section 15.4.5 asks for: the fields by which a cache updates what it has.
func (t *transfer) notModified(resp *wrapper.Response) {
	h := t.w.Header()
	t.d.keep(h)
	for _, field := range representationFields {
		h.Del(field)
	}
	h.Del("Content-Type")
	validators(h, &resp.Info, time.Now())
	setDefaultLine(h, "Cache-Control", defaultCacheLine)
	t.d.keepPersonal(h)
	setSafe(h, cspAttachment)
	t.vary(h)
	t.w.WriteHeader(http.StatusNotModified)
}

func (t *transfer) unsatisfied(resp *wrapper.Response) {
	w := keepContentRange{t.w, plan.Unsatisfied(resp.Info.Size)}
	writeStatus(w, http.StatusRequestedRangeNotSatisfiable)
}

// keepContentRange gives a 416 the length of the content, the one field of it that an error carries.
type keepContentRange struct {
	http.ResponseWriter
	value string
}

func (w keepContentRange) WriteHeader(code int) {
	w.Header().Set("Content-Range", w.value)
	w.ResponseWriter.WriteHeader(code)
}

// content sends the whole or one range. The first block is read before the status is written, so that
// what is broken from the start is still a clean error.
func (t *transfer) content(resp *wrapper.Response) error {
	if resp.Body == nil {
		t.describe(resp)
		t.w.WriteHeader(resp.Status)
		t.finish(Result{Status: resp.Status})
		return nil
	}
	body, err := t.decoded(resp.Body)
	if err != nil {
		return failedRead(t.d, err)
	}
	c := t.copier(body, bodyLength(resp))
	p := part{c, body}
	defer p.close()
	if err := c.prime(); err != nil {
		return failedRead(t.d, err)
	}
	t.describe(resp)
	sent := false
	defer t.breakUnless(&sent)
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

// end closes what was sent: cleanly, or by breaking the connection.
func (t *transfer) end(resp *wrapper.Response, written int64, err error) {
	t.finish(Result{Status: resp.Status, Bytes: written, Err: err})
	if err == nil {
		return
	}
	switch {
	case errors.Is(context.Cause(t.ctx), errShutdown):
		t.server.log(t.r, errShutdown, "download broke off")
	case errors.Is(err, ErrSlowClient), isWriteError(err), t.r.Context().Err() != nil:
		t.server.log(t.r, err, "client left")
	default:
		t.server.log(t.r, err, "download broke off")
	}
	abort(t.w, t.r)
}

// failedRead gives an error of reading a file's content the shape of one of opening it.
func failedRead(d *Download, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return &fs.PathError{Op: "read", Path: d.File.Name(), Err: err}
}
