package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
)

// scope is the instrumentation scope of spans and metrics.
const scope = module + "/blobdownload"

// Outcomes of a download in metrics and spans.
const (
	outcomeSent      = "sent" // completely; 304, 412 and 416 included
	outcomeOffloaded = "offloaded"
	outcomeRefused   = "refused"  // with a status from 400 to 499
	outcomeFailed    = "failed"   // with a status of 500 or more
	outcomeAborted   = "aborted"  // inside the body
	outcomeSlow      = "slow"     // ErrSlowClient
	outcomeCanceled  = "canceled" // the client disconnected
)

// instruments are the metrics of one meter provider. Their attributes have few values: never keys, names or
// addresses.
type instruments struct {
	downloads metric.Int64Counter
	bytes     metric.Int64Counter
	requests  metric.Int64Counter
	resumes   metric.Int64Counter
	duration  metric.Float64Histogram
	firstByte metric.Float64Histogram
	active    metric.Int64UpDownCounter
}

func newInstruments(p metric.MeterProvider) *instruments {
	i, err := makeInstruments(p)
	if err != nil {
		otel.Handle(err)
		i, _ = makeInstruments(noop.NewMeterProvider())
	}
	return i
}

func makeInstruments(p metric.MeterProvider) (*instruments, error) {
	m := p.Meter(scope)
	var i instruments
	var errs [7]error
	i.downloads, errs[0] = m.Int64Counter("downloadview.server.downloads", metric.WithUnit("{download}"),
		metric.WithDescription("Downloads that ended, by outcome."))
	i.bytes, errs[1] = m.Int64Counter("downloadview.server.io", metric.WithUnit("By"),
		metric.WithDescription("Bytes of bodies written to clients. Offloaded bodies are not counted."))
	i.requests, errs[2] = m.Int64Counter("downloadview.storage.requests", metric.WithUnit("{request}"),
		metric.WithDescription("Requests to storages, retries included."))
	i.resumes, errs[3] = m.Int64Counter("downloadview.storage.resumes", metric.WithUnit("{resume}"),
		metric.WithDescription("Interrupted bodies of storages that were resumed."))
	i.duration, errs[4] = m.Float64Histogram("downloadview.server.download.duration", metric.WithUnit("s"),
		metric.WithDescription("Time from the call to the last byte."))
	i.firstByte, errs[5] = m.Float64Histogram("downloadview.server.time_to_first_byte", metric.WithUnit("s"),
		metric.WithDescription("Time from the call to the first byte of a body."))
	i.active, errs[6] = m.Int64UpDownCounter("downloadview.server.active_downloads", metric.WithUnit("{download}"),
		metric.WithDescription("Downloads in flight."))
	return &i, errors.Join(errs[:]...)
}

// telemetry holds a server's tracer and metrics, made on first use.
type telemetry struct {
	once   sync.Once
	tracer trace.Tracer
	*instruments
}

func (s *Server) telemetry() *telemetry {
	t := &s.otel
	t.once.Do(func() {
		tracers, meters := s.TracerProvider, s.MeterProvider
		if tracers == nil {
			tracers = otel.GetTracerProvider()
		}
		if meters == nil {
			meters = otel.GetMeterProvider()
		}
		t.tracer = tracers.Tracer(scope)
		t.instruments = newInstruments(meters)
	})
	return t
}

// observed reports whether there is a provider: the server's, or one that the program has set.
func (s *Server) observed() bool {
	return s.TracerProvider != nil || s.MeterProvider != nil ||
		otel.GetTracerProvider() != defaultTracers || otel.GetMeterProvider() != defaultMeters
}

// OpenTelemetry's default providers, which do nothing. They are nil if a package that is initialized earlier has set
// others.
var (
	defaultTracers = placeholder(otel.GetTracerProvider())
	defaultMeters  = placeholder(otel.GetMeterProvider())
)

// placeholder returns a provider if it is OpenTelemetry's default, and otherwise nil.
func placeholder[P any](provider P) (p P) {
	t := reflect.TypeOf(provider)
	if t.Kind() == reflect.Pointer && t.Elem().PkgPath() == "go.opentelemetry.io/otel/internal/global" {
		return provider
	}
	return p
}

// observe starts the span of a download, and returns the function that ends it.
func (t *transfer) observe() (end func()) {
	o := t.server.telemetry()
	ctx, span := o.tracer.Start(t.ctx, "download", trace.WithAttributes(
		attribute.String("http.request.method", t.r.Method)))
	t.ctx = ctx
	o.active.Add(ctx, 1)
	t.result = new(Result)
	return func() {
		ctx := context.WithoutCancel(ctx)
		o.active.Add(ctx, -1)
		t.report(ctx, o, span)
		span.End()
	}
}

// report records the result in the metrics and the span.
func (t *transfer) report(ctx context.Context, o *telemetry, span trace.Span) {
	res := t.result
	if !t.finished {
		return // after a panic
	}
	how := attribute.NewSet(
		attribute.String("downloadview.outcome", res.outcome(t.r)),
		attribute.String("downloadview.optimizer", t.optimizerName()),
		attribute.Int("http.response.status_code", res.Status),
	)
	as := metric.WithAttributeSet(how)
	o.downloads.Add(ctx, 1, as)
	o.duration.Record(ctx, res.Elapsed.Seconds(), as)
	if res.Bytes > 0 {
		o.bytes.Add(ctx, res.Bytes, as)
		o.firstByte.Record(ctx, res.FirstByte.Seconds(), as)
	}
	if res.Requests > 0 {
		o.requests.Add(ctx, res.Requests)
	}
	if res.Resumes > 0 {
		o.resumes.Add(ctx, res.Resumes)
	}
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(how.ToSlice()...)
	span.SetAttributes(
		attribute.String("downloadview.store", t.d.File.Location().Store),
		attribute.Int64("downloadview.storage.requests", res.Requests),
		attribute.Int64("downloadview.storage.resumes", res.Resumes))
	if res.Bytes >= 0 {
		span.SetAttributes(attribute.Int64("http.response.body.size", res.Bytes))
	}
	if res.Err != nil {
		span.SetAttributes(attribute.String("error.type", errorType(res)))
		span.SetStatus(codes.Error, http.StatusText(res.Status)) // the error's text may contain names
	}
}

// outcome returns the outcome of a result.
func (res *Result) outcome(r *http.Request) string {
	switch {
	case res.Redirect != nil:
		return outcomeOffloaded
	case errors.Is(res.Err, ErrSlowClient):
		return outcomeSlow
	case res.Err == nil:
		return outcomeSent
	case r.Context().Err() != nil || isWriteError(res.Err):
		return outcomeCanceled
	case res.Status < http.StatusBadRequest:
		return outcomeAborted
	case res.Status < http.StatusInternalServerError:
		return outcomeRefused
	default:
		return outcomeFailed
	}
}

// errorType returns the error.type of a result with an error.
func errorType(res *Result) string {
	if res.Status >= http.StatusBadRequest {
		return strconv.Itoa(res.Status)
	}
	return outcomeAborted
}

// optimizerName returns the type of the optimizer that offloaded the download, or "none".
func (t *transfer) optimizerName() string {
	if t.result.Redirect == nil {
		return "none"
	}
	return fmt.Sprintf("%T", t.optimizer)
}
