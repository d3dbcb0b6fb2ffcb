package blobdownload

import (
	"errors"
	"io"
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
}

func (t *transfer) finish(result Result) {
	if t.server.Observe == nil {
		return
	}
	result.Download = t.given
	result.Elapsed = time.Since(t.start)
	t.server.Observe(t.r, result)
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
	c := newCopier(t.w, t.r, body, bodyLength(resp))
	p := part{c, body}
	defer p.close()
	if err := c.prime(); err != nil {
		return failedRead(t.d, err)
	}
	t.describe(resp)
	sent := false
	defer t.breakUnless(&sent)
	t.w.WriteHeader(resp.Status)
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
	if _, left := errors.AsType[*writeError](err); left || t.r.Context().Err() != nil {
		t.server.log(t.r, err, "client left")
	} else {
		t.server.log(t.r, err, "download broke off")
	}
	abort(t.w, t.r)
}

// failedRead gives an error of reading a file's content the shape of one of opening it.
func failedRead(d *Download, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return wrapper.ReadError(d.File, err)
}
