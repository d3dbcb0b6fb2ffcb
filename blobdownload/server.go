package blobdownload

import (
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Server sends downloads. Its zero value streams everything itself. It may be used by many goroutines;
// its fields must not change any more once it is, nor may it be copied.
type Server struct {
	// Optimizer may hand downloads over. nil: the one of the [Optimize] middleware, if any.
	Optimizer Optimizer

	// ErrorHandler answers an error instead of the standard status and text; [Status] tells which. It must
	// not show the error to the client: it may hold names and addresses of the storage.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

	// Observe is called once at the end of every download.
	Observe func(r *http.Request, result Result)

	// Decoders undo further content codings than gzip and deflate for clients that do not take what is stored,
	// by the name that Accept-Encoding has for the coding: "br", "zstd".
	Decoders map[string]Decoder

	// DecodeLimit is how many bytes stored content may have once it is decoded here; what has more breaks
	// off. 0 means 1 GiB, a negative number no limit.
	DecodeLimit int64

	// Logger gets the causes of failures. nil: slog.Default().
	Logger *slog.Logger

	// WriteTimeout is how long a client may take none of what is written to it before its connection is
	// cut. It holds for each write, not for the whole: it takes the place of http.Server.WriteTimeout, which would cut every
	// download that takes longer. 0 means 2 minutes, a negative time for ever.
	WriteTimeout time.Duration

	// MinRate is what a client has to take in the long run, in bytes a second: one that keeps to it is never
	// cut, one that takes less is, within WriteTimeout and the time that 4 MiB may take at this rate, which is
	// what a connection may hold back. 0 means that WriteTimeout is enough.
	MinRate int64

	// Limit bounds downloads at a time. nil: any number.
	Limit *ClientLimit

	// TracerProvider and MeterProvider get a span and metrics for each download. nil: the global ones of
	// OpenTelemetry, which do nothing unless the program installs others.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	otel      telemetry
	downloads downloads
	held      sync.Once // told of http.TimeoutHandler
}

// Result is how a download ended.
type Result struct {
	Download *Download
	Status   int           // sent to the client, or that of the error that Serve returned
	Bytes    int64         // of the body that were written; -1 when somebody else sends it, which nobody here can count
	Redirect *Redirect     // what the optimizer answered, if it did
	Elapsed  time.Duration // from the call of Serve
	Requests int64         // made to the storage, repetitions included
	Resumes  int64         // of a storage's body that broke off

	// FirstByte is the time from the call of Serve until the first byte of a body could be written; 0 for none.
	FirstByte time.Duration
	Err       error // what Serve returned, or why the body broke off; nil when everything was sent
}

// Handler returns a handler that serves what a view says.
func (s *Server) Handler(v View) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.refusesMethod(w, r) {
			return
		}
		d, err := v(r)
		if err == nil && (d == nil || d.File == nil) {
			err = errNoFile
		}
		if err == nil {
			err = s.Serve(w, r, d)
		}
		if err != nil {
			s.Error(w, r, err)
		}
	})
}

// Serve sends a download from inside any handler. An error means that nothing has been written yet: answer
// it, for example by [Server.Error]. When a body breaks off, Serve panics with http.ErrAbortHandler, as
// httputil.ReverseProxy does, so that the client sees a failed transfer.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, d *Download) error {
	if s.refusesMethod(w, r) {
		return nil
	}
	if d == nil || d.File == nil {
		return errNoFile
	}
	t := &transfer{server: s, w: w, r: r, given: d, d: d, start: time.Now()}
	t.ctx = wrapper.WithTrace(r.Context(), &t.trace)
	if s.observed() {
		defer t.observe()()
	}
	dropHandOver(w.Header())
	t.d = d.sniff(t.ctx)
	err := t.send()
	if err != nil {
		t.finish(Result{Status: Status(err), Err: err})
	}
	return err
}

// send hands the download over, or streams it.
func (t *transfer) send() error {
	if t.server.optimizer(t.r) != nil {
		t.d = t.d.withoutVariants()
	}
	if to := t.server.redirect(t.r, t.d); to != nil {
		if sent, err := t.handOver(to); sent || err != nil {
			return err
		}
		maps.Copy(t.w.Header(), to.StreamedHeader)
	}
	return t.stream()
}

// stream sends the download by the server itself, if it may.
func (t *transfer) stream() error {
	leave, err := t.server.Limit.enter(t.r)
	if err != nil {
		return err
	}
	defer leave()
	if err := t.server.downloads.begin(t); err != nil {
		return err
	}
	defer t.server.downloads.end(t)
	t.patience = t.server.patience(t.w, t.r)
	resp, err := t.fetch()
	if err != nil {
		return err
	}
	return t.answer(resp)
}
