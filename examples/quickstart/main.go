// Command quickstart serves the files of a directory: it is the program of the README. Change the URL and the import to
// serve a bucket of S3, Google Cloud Storage or Azure.
//
//	go run ./examples/quickstart
package main

// README: begin

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	_ "gocloud.dev/blob/fileblob" // registers file://; wrapper/s3 registers s3://
)

func handler(docs *blobdownload.Storage) http.Handler {
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	return mux
}

func main() {
	docs, err := blobdownload.OpenStorage(context.Background(), "file:///srv/docs")
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

// README: end
