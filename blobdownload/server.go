package blobdownload

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
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

	otel           telemetry
	downloads      downloads
	timeoutHandler sync.Once // told of http.TimeoutHandler
}
