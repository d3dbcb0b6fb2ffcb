package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// newServer limits a client's cost before its request is complete. There is no WriteTimeout and no ReadTimeout: either
// would abort long downloads. HTTP/2 connections whose client reads nothing are closed by WriteByteTimeout.
func newServer(h http.Handler, stderr io.Writer) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // for a reverse proxy
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: writeByteTimeout},
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(stderr, "http: ", log.LstdFlags),
	}
}

// writeByteTimeout is how long an HTTP/2 connection may accept no byte. A write deadline only resets the stream.
const writeByteTimeout = time.Minute

// serve serves until ctx is done, then waits up to drain for the downloads in flight.
func serve(ctx context.Context, l net.Listener, h http.Handler, storages blobdownload.Storages,
	drain time.Duration, stderr io.Writer) int {
	server := newServer(h, stderr)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if server.Shutdown(draining) != nil {
		err = errors.Join(err, fmt.Errorf("downloads aborted after %s", drain), server.Close())
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err = errors.Join(err, storages.Close(closing)); err != nil {
		fmt.Fprintln(stderr, "gateway:", oneLine(err))
		return exitFailed
	}
	return exitOK
}

// closeTimeout is the maximal time that the storages wait for aborted downloads.
const closeTimeout = 5 * time.Second
