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

// newServer limits what a client may cost before it has asked for something. A download may take as
// long as it likes: there is no WriteTimeout, and no ReadTimeout, which would cancel a long one.
func newServer(h http.Handler, stderr io.Writer) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // a proxy in front may speak it
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(stderr, "http: ", log.LstdFlags),
	}
}

// serve serves until ctx is done, then gives the downloads under way the time of drain to finish.
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
		err = errors.Join(err, fmt.Errorf("downloads cut after %s", drain), server.Close())
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err = errors.Join(err, storages.Close(closing)); err != nil {
		fmt.Fprintln(stderr, "gateway:", oneLine(err))
		return exitCut
	}
	return exitOK
}

// closeTimeout bounds how long the storages wait for downloads that were cut.
const closeTimeout = 5 * time.Second
