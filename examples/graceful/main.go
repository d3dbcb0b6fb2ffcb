// Command graceful is a whole main: timeouts for slow clients, limits for many of them, and a shutdown that lets the
// downloads in flight complete.
//
//	go run ./examples/graceful docs=file:///srv/docs
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// serve serves until ctx is done. Then it waits up to drain for the downloads in flight, and aborts the rest.
func serve(ctx context.Context, l net.Listener, docs *blobdownload.Storage, drain time.Duration) error {
	downloads := &blobdownload.Server{
		WriteTimeout: time.Minute, // for a client that accepts no data
		MinRate:      16 << 10,    // bytes per second, for a client that accepts little
		Limit:        &blobdownload.ClientLimit{PerClient: 16, Total: 2000},
	}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", downloads.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	// No timeout of http.Server for a whole request or response: it would abort long downloads.
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return errors.Join(err, docs.Close(ctx))
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := downloads.Shutdown(draining)               // new downloads get 503, those in flight complete or are aborted
	err = errors.Join(err, server.Shutdown(draining)) // the other requests
	return errors.Join(err, server.Close(), docs.Close(context.WithoutCancel(ctx)))
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: graceful docs=file:///srv/docs")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	docs, err := blobdownload.OpenStorage(ctx, os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:8080")
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(ctx, l, docs, 30*time.Second); err != nil {
		log.Print(err)
	}
}
