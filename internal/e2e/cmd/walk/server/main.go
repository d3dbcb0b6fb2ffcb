// Command server is the program that cmd/walk measures: a Server that streams or offloads the objects of one bucket.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
	_ "gocloud.dev/blob/fileblob"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	bucket := flag.String("bucket", "", "`URL` of the bucket")
	optimize := flag.String("optimize", "", "xaccel or presign; empty streams")
	flag.Parse()
	err := serve(ctx, *bucket, *optimize)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, bucket, optimize string) error {
	storage, err := blobdownload.OpenStorage(ctx, bucket)
	if err != nil {
		return err
	}
	defer storage.Close(context.WithoutCancel(ctx))
	if err := storage.Check(ctx); err != nil {
		return err
	}
	var server blobdownload.Server
	switch optimize {
	case "xaccel":
		server.Optimizer = &proxy.XAccel{Mounts: []proxy.Mount{{Store: "default", Location: "/_files/"}}}
	case "presign":
		server.Optimizer = &proxy.Presign{AllowHTTP: true}
	}
	mux := http.NewServeMux()
	mux.Handle("/f/default/{key...}", server.Handler(blobdownload.StorageView(storage, blobdownload.PathValue("key"))))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	go func() {
		<-ctx.Done()
		_ = l.Close()
	}()
	_ = http.Serve(l, mux) // ends with the listener
	return server.Shutdown(context.Background())
}
