// Command minimal is the program of the README: it serves a directory.
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

func main() {
	docs, err := blobdownload.OpenStorage(context.Background(), "file:///srv/docs")
	if err != nil {
		log.Fatal(err)
	}
	var server blobdownload.Server
	view := blobdownload.StorageView(docs, blobdownload.PathValue("key"))
	http.Handle("/docs/{key...}", server.Handler(view))
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}

// README: end
