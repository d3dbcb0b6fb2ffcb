// Command generated serves content that is no stored file: a CSV that is generated while it is sent, and a zip archive
// of objects and generated files. Nothing is written to a disk. The archive has a length and ranges.
//
//	go run ./examples/generated
//	curl -OJ http://127.0.0.1:8080/orders.csv
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

func handler(orders query, invoices *wrapper.Bucket) http.Handler {
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/orders.csv", server.Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Func("orders.csv", orders.writeTo), nil
	})))
	mux.Handle("/invoices.zip", server.Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return archive.Zip("invoices.zip",
			archive.Prefix(invoices, "2026/"),
			archive.Member{File: wrapper.Bytes("readme.txt", []byte("the invoices of 2026\n"))},
		), nil
	})))
	return mux
}

func main() {
	invoices, err := wrapper.OpenBucket(context.Background(), "mem://")
	if err != nil {
		log.Fatal(err)
	}
	if err := invoices.WriteAll(context.Background(), "2026/1.txt", []byte("2 pens\n"), nil); err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           handler(orders, invoices),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
