package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// newServer limits a client's cost before its request is complete. There is no WriteTimeout and no ReadTimeout: either
// would abort long downloads. HTTP/2 connections whose client reads nothing are closed by WriteByteTimeout.
func newServer(h http.Handler, l *limits, stderr io.Writer) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)            // with TLS
	protocols.SetUnencryptedHTTP2(true) // for a reverse proxy
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		ReadHeaderTimeout: l.headerTime,
		IdleTimeout:       l.idleTime,
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: writeByteTimeout, MaxConcurrentStreams: int(l.streams)},
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(stderr, "http: ", log.LstdFlags),
	}
}

// writeByteTimeout is how long an HTTP/2 connection may accept no byte. A write deadline only resets the stream.
const writeByteTimeout = time.Minute

// listeners accept the connections of addr and, unless it is nil, of metrics-addr.
type listeners struct{ files, ops net.Listener }

func (o *options) listen(ctx context.Context) (l listeners, err error) {
	if l.files, err = listen(ctx, o.addr); err != nil || o.metricsAddr == "" {
		return l, err
	}
	if l.ops, err = listen(ctx, o.metricsAddr); err != nil {
		_ = l.files.Close()
		err = fmt.Errorf("metrics-addr: %w", err)
	}
	return l, err
}

// serve serves until ctx is done, then waits for the downloads in flight.
func (g *gateway) serve(ctx context.Context, l listeners, secure *tls.Config, o *options, stderr io.Writer) int {
	server := newServer(g.handler, &o.limits, stderr)
	server.TLSConfig = secure
	served := make(chan error, 1)
	go func() {
		if secure != nil {
			served <- server.ServeTLS(l.files, "", "")
			return
		}
		served <- server.Serve(l.files)
	}()
	if l.ops != nil {
		ops := newServer(g.ops, &o.limits, stderr)
		go func() { _ = ops.Serve(l.ops) }()
		defer ops.Close() // after the downloads: their metrics can be read until the end
	}
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.drain)
	defer cancel()
	if server.Shutdown(draining) != nil {
		err = errors.Join(err, fmt.Errorf("downloads aborted after %s", o.drain), server.Close())
	}
	if err = errors.Join(err, g.close(ctx)); err != nil {
		fmt.Fprintln(stderr, "gateway:", oneLine(err))
		return exitFailed
	}
	return exitOK
}

// closeTimeout is the maximum time that the storages wait for aborted downloads.
const closeTimeout = 5 * time.Second

// close closes the buckets and the metrics.
func (g *gateway) close(ctx context.Context) error {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	g.metrics.close(closing)
	return g.storages().Close(closing)
}
