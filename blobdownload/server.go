package blobdownload

import (
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Server sends downloads. Its zero value streams every download. It may be used by many goroutines. Its fields
// must not change, and it must not be copied, after first use.
//
// If a body fails after the status has been sent, the client sees a failed transfer, even if middleware recovers the
// panic of [Server.Serve]. For that the http.ResponseWriter must have the methods of net/http's, or Unwrap. Behind a
// writer without them, such as that of http.TimeoutHandler, WriteTimeout and MinRate are off, which is logged once a type.
// A failed body then ends the handler's goroutine with runtime.Goexit. Behind a writer without Hijack, a download of
// unknown length is rejected with 500 for HTTP/1.0, whose clients detect truncation only by a reset.
type Server struct {
	// Optimizer may offload downloads. nil means the optimizer of the [Optimize] middleware, if any.
	Optimizer Optimizer

	// ErrorHandler writes the response to an error; [Status] returns the status. It must not send the error's
	// text, which may contain names and addresses of the storage. The security fields, "no-store" and the
	// fields of a [StatusError] are set before the call. nil means the status and its standard text.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

	// Observe is called once at the end of every download. A request that the view or the method rejects is none. nil means
	// no call.
	Observe func(r *http.Request, result Result)

	// Decoders decode further content codings than gzip and deflate, for clients that do not accept the
	// stored one, or name none. Without a decoder, content is sent as stored. The key is the coding's name in
	// Accept-Encoding: "br", "zstd".
	Decoders map[string]Decoder

	// DecodeLimit is the maximum size of decoded content, in bytes. Larger content aborts the download. It
	// holds for the output of each coding; the MaxSize of a guarded client holds, too. 0 means
	// 1 GiB, a negative number no limit.
	DecodeLimit int64

	// Logger receives the causes of failures. nil means slog.Default().
	Logger *slog.Logger

	// WriteTimeout is how long a client may accept no data before the server aborts the connection. It holds
	// for each write, up to 1 % less. The kernel sends a local file in larger calls: without MinRate, a client
	// that stops during one is aborted after at most twice the time.
	//
	// Use it instead of http.Server.WriteTimeout, which aborts every longer download. 0 means
	// 2 minutes, a negative time no timeout. On HTTP/2 it resets the stream; an idle connection whose client
	// reads nothing is closed by http.HTTP2Config.WriteByteTimeout.
	WriteTimeout time.Duration

	// MinRate is the rate that a client must keep up in the long run, in bytes per second. The server aborts a
	// slower client within WriteTimeout plus the time of 4 MiB at this rate, the size of a socket's buffer.
	// It never aborts a client that keeps to the rate. 0 means no minimum.
	MinRate int64

	// Limit bounds the number of streamed downloads in flight. nil means no limit.
	Limit *ClientLimit

	// Rate bounds the rate of downloads, streamed and offloaded. nil means no bound but Download.Rate.
	Rate *RateLimit

	// TracerProvider and MeterProvider receive a span and metrics of each download. nil means OpenTelemetry's global
	// providers, which do nothing unless the program installs others.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	otel      telemetry
	downloads downloads
	ignored   ignored
	hidden    sync.Map // types of writers that warnHidden has logged

	longHeader atomic.Bool // logLongHeader has logged an error
}
