// Command limits is a server with every limit set, which ends its downloads before it ends.
//
//	go run ./examples/limits
package main

// docs: begin limits
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
	"github.com/go-downloadview/downloadview/wrapper"
)

// run serves until ctx ends, and then completes the downloads in flight.
func run(ctx context.Context, spec string, listener net.Listener) error {
	docs, err := blobdownload.OpenStorage(ctx, spec)
	if err != nil {
		return err
	}
	docs.Limiter = wrapper.NewLimiter(200, 5*time.Second)
	downloads := &blobdownload.Server{
		WriteTimeout: time.Minute,
		MinRate:      16 << 10, // bytes per second
		Limit:        &blobdownload.ClientLimit{PerClient: 16, Total: 2000},
	}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", downloads.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: time.Minute},
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	select {
	case err = <-served: // the listener failed
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(err,
		downloads.Shutdown(end), // new downloads get 503; those in flight end, or are aborted when end does
		server.Shutdown(end),
		docs.Close(end),
	)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:8080")
	if err == nil {
		err = run(ctx, "file:///srv/docs", listener)
	}
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// docs: end
