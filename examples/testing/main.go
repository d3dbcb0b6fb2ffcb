// Command testing sends invoices from a bucket to clients with a token: it streams them, or nginx sends them. Its tests
// show a storage in memory, faults of the storage, and how to count storage requests.
//
//	go test -v ./examples/testing
//	INVOICES_TOKEN=letmein go run ./examples/testing invoices=file:///srv/invoices
package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// invoices serves GET /invoices/{name}.
func invoices(storage *blobdownload.Storage, token string, optimizer blobdownload.Optimizer) http.Handler {
	view := blobdownload.StorageView(storage, blobdownload.PathValue("name")).Authorized(bearer(token))
	mux := http.NewServeMux()
	mux.Handle("GET /invoices/{name}", (&blobdownload.Server{Optimizer: optimizer}).Handler(view))
	return mux
}

var errNoToken = &blobdownload.StatusError{Status: http.StatusUnauthorized, Err: errors.New("no valid token")}

func bearer(token string) func(r *http.Request) error {
	want := []byte("Bearer " + token)
	return func(r *http.Request) error {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			return errNoToken
		}
		return nil
	}
}

// nginx lets nginx send the object, from the internal location that shows the bucket.
func nginx(location string) blobdownload.Optimizer {
	return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "invoices", Location: location}}}
}

func main() {
	token := os.Getenv("INVOICES_TOKEN")
	if token == "" || len(os.Args) != 2 {
		log.Fatal("usage: INVOICES_TOKEN=… testing invoices=file:///srv/invoices")
	}
	storage, err := blobdownload.OpenStorage(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           invoices(storage, token, nginx("/_invoices/")),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	log.Fatal(server.ListenAndServe())
}
