// Command signedlinks makes links that expire: POST /links/{key} responds with a link. Each client with the link can
// download the object for ten minutes. No other request reaches the storage.
//
//	SECRET=$(head -c 32 /dev/urandom | base64) go run ./examples/signedlinks docs=file:///srv/docs
//	curl -X POST http://127.0.0.1:8080/links/report.pdf
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// handler serves links at path /dl/. Protect POST /links/ by the application's permission check.
func handler(docs *blobdownload.Storage, secret []byte) (http.Handler, error) {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: secret}}, // at least 32 random bytes
		URL:  "http://127.0.0.1:8080/dl/",
	})
	if err != nil {
		return nil, err
	}
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/dl/", signer.Require(server.Handler(blobdownload.LinkView(docs))))
	mux.HandleFunc("POST /links/{key...}", func(w http.ResponseWriter, r *http.Request) {
		link, err := signer.Sign(blobdownload.Link{Store: docs.Name, Key: r.PathValue("key"), Expires: time.Now().Add(10 * time.Minute)})
		if err != nil {
			server.Error(w, r, err)
			return
		}
		fmt.Fprintln(w, link)
	})
	return mux, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: SECRET=… signedlinks docs=file:///srv/docs")
	}
	docs, err := blobdownload.OpenStorage(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	h, err := handler(docs, []byte(os.Getenv("SECRET")))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
