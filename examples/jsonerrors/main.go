// Command jsonerrors responds to errors with JSON (RFC 9457) instead of the status text. The cause of an error stays in
// the log: it may contain names and addresses of the storage.
//
//	go run ./examples/jsonerrors
//	curl -i http://127.0.0.1:8080/docs/missing.txt
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"time"

	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// problem writes the response to an error. The server has set Cache-Control: no-store and the security fields.
func problem(w http.ResponseWriter, _ *http.Request, err error) {
	status := blobdownload.Status(err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status)})
}

func handler(docs *blobdownload.Storage) http.Handler {
	server := &blobdownload.Server{ErrorHandler: problem}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	return mux
}

func main() {
	docs, err := blobdownload.OpenStorage(context.Background(), "docs=mem://")
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
