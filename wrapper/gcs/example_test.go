package gcs_test

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs" // registers gs://
)

// The import registers the scheme. The Application Default Credentials of the environment are used.
func Example() {
	docs, err := blobdownload.OpenStorage(context.Background(), "docs=gs://my-docs")
	if err != nil {
		log.Fatal(err)
	}
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	log.Fatal((&http.Server{
		Addr: "127.0.0.1:8080", Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
	}).ListenAndServe())
}
