// Command presigned sends clients to the cloud in production and streams from a directory in development. The program is
// the same: the URL in STORAGE decides. A bucket of S3, GCS or Azure signs URLs, a directory does not.
//
//	STORAGE=docs=file:///srv/docs go run ./examples/presigned
//	STORAGE='docs=s3://my-docs?region=eu-central-1' go run ./examples/presigned
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

// handler redirects to URLs that are valid for 5 to 10 minutes. Within 5 minutes all clients get the same URL, so that
// browsers can cache the object.
func handler(docs *blobdownload.Storage) http.Handler {
	server := &blobdownload.Server{Optimizer: &proxy.Presign{Lifetime: proxy.Lifetime{Expiry: 5 * time.Minute}}}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	return mux
}

func main() {
	docs, err := blobdownload.OpenStorage(context.Background(), os.Getenv("STORAGE"))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           handler(docs),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
