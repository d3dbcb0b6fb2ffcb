package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Handler returns a handler that serves the downloads of a view. An error of the view or of [Server.Serve] is
// answered by [Server.Error].
func (s *Server) Handler(v View) http.Handler {
	if v == nil {
		v = misusedView("Server.Handler: the view is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			defer ignoreBody(w, r)()
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			s.rejectMethod(w, r)
			return
		}
		d, err := v.download(r)
		if err == nil {
			err = s.serve(w, r, d)
		}
		if err != nil {
			s.Error(w, r, err)
		}
	})
}

// Serve sends a download, inside any handler. It returns an error only if nothing has been written yet:
// answer it, for example with [Server.Error]. If a body fails after the status has been sent, the client must
// see a failed transfer: Serve panics with http.ErrAbortHandler, as httputil.ReverseProxy does.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, d *Download) error {
	if r.ContentLength != 0 {
		defer ignoreBody(w, r)()
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.rejectMethod(w, r)
		return nil
	}
	return s.serve(w, r, d)
}

// serve is Serve of a GET or HEAD.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, d *Download) error {
	if d == nil || d.File == nil {
		return errNoFile
	}
	if h := w.Header(); len(h) > 0 {
		fields.DropControl(h)
	}
	t := s.newTransfer(w, r, d)
	defer t.response.release()
	defer t.panicked()
	if s.observed() {
		defer t.observe()()
	}
	if len(d.Header) > 0 {
		t.reportIgnoredHeader()
		t.d = d.withCanonicalHeader()
	}
	if d.Sniff && d.Inline {
		t.d = t.d.sniff(t.ctx)
	}
	offloaded, err := t.offload()
	if err == nil && !offloaded {
		err = t.stream()
	}
	if err != nil {
		t.reject(err)
	}
	return err
}

func (s *Server) newTransfer(w http.ResponseWriter, r *http.Request, d *Download) *transfer {
	t := &transfer{server: s, w: w, r: r, given: d, d: d, link: LinkOf(r), optimizer: s.Optimizer, start: time.Now()}
	if t.link != nil {
		t.link.claimUse()
	}
	if t.optimizer == nil {
		t.optimizer, _ = r.Context().Value(optimizerKey{}).(Optimizer)
	}
	t.response.Context = wrapper.WithTrace(r.Context(), &t.trace)
	t.ctx = &t.response
	return t
}

// transfer is one download in flight to one client.
type transfer struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	given  *Download // by the view
	d      *Download // the download to send: given, or a variant of it
	link   *Link     // of the request; may be nil
	start  time.Time

	optimizer  Optimizer // the server's or that of the middleware; may be nil
	decode     []string  // content codings to decode before sending
	negotiated bool      // the response depends on Accept-Encoding
	finished   bool
	failing    bool // a body has failed, and the response is not aborted yet
	counted    bool // the stream is one of the server's downloads

	ctx context.Context //nolint:containedctx // response, or that of a span

	leaveLimit, leaveRate func() // of the stream; nil: not limited

	deadline  writeDeadline
	copy      copier // of a body that is not multipart
	trace     wrapper.Trace
	response  responseContext
	status    int           // of a response with a body, once it is sent; else 0
	firstByte time.Duration // from start; 0 means no body
	result    *Result       // set by finish, if the download is observed by telemetry; else nil
	lines     lines
}

// offload answers the download with a redirect or a response without a body, if there is an optimizer. It reports
// whether it has: any other download is streamed. The frames of a stream are few, so that a slow client's stack remains
// small.
func (t *transfer) offload() (done bool, err error) {
	if t.optimizer == nil || t.link != nil && t.link.metered() {
		return false, nil
	}
	a, err := t.decide()
	switch {
	case err != nil:
		return false, err
	case a.redirect != nil:
		return true, t.redirect(a.redirect, a.header)
	case a.bodiless.status != 0:
		return true, t.bodiless(a.bodiless)
	default:
		return false, nil
	}
}

// reject reports the error of a response of which nothing has been sent.
func (t *transfer) reject(err error) { t.finish(Result{Status: Status(err), Err: err}) }

// reported reports whether the result of the download is used: by telemetry or Observe.
func (t *transfer) reported() bool { return t.result != nil || t.server.Observe != nil }

func (t *transfer) finish(result Result) {
	t.finished = true
	if !t.reported() {
		return
	}
	result.Download = t.given
	result.Elapsed = time.Since(t.start)
	result.RequestID = RequestID(t.r)
	result.Requests, result.Resumes = t.trace.Requests.Load(), t.trace.Resumes.Load()
	result.FirstByte = t.firstByte
	if t.result != nil {
		*t.result = result
	}
	if t.server.Observe != nil {
		t.server.Observe(t.r, result)
	}
}

var errGoexit = errors.New("goroutine of the download was ended by runtime.Goexit")

// panicked is deferred while a download is served. After a panic of a source, an optimizer, a decoder or Observe, it
// calls Observe unless that has been called. The panic continues. If the status has been sent, the client sees a
// failed transfer, even if middleware recovers the panic.
func (t *transfer) panicked() {
	if t.finished && !t.failing {
		return
	}
	v := recover()
	err := errGoexit
	if v != nil {
		err = fmt.Errorf("panic: %v", v)
	}
	broken := t.status == 0 || breakConnection(t.w, t.r) || !served(t.r)
	status := t.status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if !t.finished {
		t.finish(Result{Status: status, Bytes: t.deadline.sent, Err: err})
	}
	if !broken {
		t.server.log(t.r, fmt.Errorf("%w\n%s", err, debug.Stack()), logAborted)
		runtime.Goexit()
	}
	if v != nil {
		panic(v)
	}
}
