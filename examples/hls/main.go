// Command hls serves films over HTTP Live Streaming from a private bucket. The page of a film needs the permission check
// of the application, and redirects to the playlist. The URL of the playlist has a grant in its path. The relative URLs of
// the segments and keys resolve to the same grant, so that players need neither cookie nor header.
//
//	SECRET=$(head -c 32 /dev/urandom | base64) go run ./examples/hls films=file:///srv/films
//	curl -iL -H 'Authorization: Bearer letmein' http://127.0.0.1:8080/films/7
package main

import (
	"context"
	"crypto/subtle"
	"log"
	"net/http"
	"os"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// handler serves the film in the directory {id} of the storage. A grant is valid for longer than a film takes.
func handler(films *blobdownload.Storage, secret []byte, permission func(r *http.Request) error) (http.Handler, error) {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: secret}}, // at least 32 random bytes
		URL:  "/play/",
	})
	if err != nil {
		return nil, err
	}
	mux, server := http.NewServeMux(), new(blobdownload.Server)
	mux.Handle("/play/", signer.RequireGrant(server.Handler(blobdownload.GrantView(films))))
	mux.HandleFunc("GET /films/{id}", func(w http.ResponseWriter, r *http.Request) {
		err := permission(r)
		var playlist string
		if err == nil {
			dir := r.PathValue("id") + "/"
			grant := blobdownload.Grant{Store: films.Name, Prefix: dir, Expires: time.Now().Add(6 * time.Hour)}
			playlist, err = signer.SignGrant(grant, dir+"index.m3u8")
		}
		if err != nil {
			server.Error(w, r, err)
			return
		}
		w.Header().Set("Location", playlist)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusSeeOther)
	})
	return mux, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: SECRET=… hls films=file:///srv/films")
	}
	films, err := blobdownload.OpenStorage(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	h, err := handler(films, []byte(os.Getenv("SECRET")), func(r *http.Request) error {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer letmein")) != 1 {
			return blobdownload.Unauthorized(`Bearer realm="films"`)
		}
		return nil
	})
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
