package blobdownload

import (
	"context"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Serve sends a download, inside any handler. It returns an error only if nothing has been written yet:
// answer it, for example with [Server.Error]. If a body fails after the status has been sent, the client must
// see a failed transfer: Serve panics with http.ErrAbortHandler, as httputil.ReverseProxy does.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, d *Download) error {
	defer ignoreBody(w, r)()
	if s.rejectsMethod(w, r) {
		return nil
	}
	if d == nil || d.File == nil {
		return errNoFile
	}
	claimUse(r)
	t := &transfer{server: s, w: w, r: r, given: d, d: d, start: time.Now()}
	t.holds.Context = wrapper.WithTrace(r.Context(), &t.trace)
	t.ctx = &t.holds
	defer t.holds.release()
	defer t.panicked()
	if s.observed() {
		defer t.observe()()
	}
	t.reportIgnoredHeader()
	t.d = d.sniff(t.ctx)
	err := t.send()
	if err != nil {
		t.finish(Result{Status: Status(err), Err: err})
	}
	return err
}

// transfer is one download in flight to one client.
type transfer struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	given  *Download // by the view
	d      *Download // the download to send: given, or a variant of it
	start  time.Time

	negotiated bool     // the response depends on Accept-Encoding
	decode     []string // content codings to decode before sending

	ctx context.Context //nolint:containedctx // the request's, until the server is shut down

	deadline writeDeadline
	copy     copier // of a body that is not multipart
	trace    wrapper.Trace
	holds    holds
	status   int       // of a response with a body, once it is sent; else 0
	first    time.Time // of the first byte; zero for none
	result   Result    // set by finish
	finished bool
	failing  bool // a body has failed, and the response is not aborted yet
}

// send decides how the download is answered, and writes that answer: a redirect, a response without a body,
// or a stream.
func (t *transfer) send() error {
	a, err := t.decide()
	switch {
	case err != nil:
		return err
	case a.streams():
		return t.stream()
	case a.redirect != nil:
		if err := spendLink(t.ctx, t.r); err != nil {
			return err
		}
		t.redirect(a.redirect, a.header)
		return nil
	default:
		return t.bodiless(a.bodiless)
	}
}

func (t *transfer) finish(result Result) {
	result.Download = t.given
	result.Elapsed = time.Since(t.start)
	result.Requests, result.Resumes = t.trace.Requests.Load(), t.trace.Resumes.Load()
	if !t.first.IsZero() {
		result.FirstByte = t.first.Sub(t.start)
	}
	t.result, t.finished = result, true
	if t.server.Observe != nil {
		t.server.Observe(t.r, result)
	}
}
