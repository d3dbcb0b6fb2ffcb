// Command private serves each file to its owner alone. A session cookie names the user; a permission check compares the
// user with the owner in the file's record. A file of another user gets the 404 of a missing one.
//
//	go run ./examples/private
//	curl -c cookies -d user=alice -d password=wonderland http://127.0.0.1:8080/login
//	curl -b cookies -OJ http://127.0.0.1:8080/files/1
package main

import (
	"context"
	"io/fs"
	"log"
	"net/http"
	"time"

	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

type record struct{ key, name, owner string }

type site struct {
	storage  *blobdownload.Storage
	records  map[string]record // in production: in a database
	sessions sessions
}

func (s *site) lookup(r *http.Request) (record, error) {
	rec, ok := s.records[r.PathValue("id")]
	if !ok {
		return rec, fs.ErrNotExist
	}
	return rec, nil
}

func (s *site) check(r *http.Request, rec record) error {
	if user, ok := s.sessions.user(r); !ok || user != rec.owner {
		return fs.ErrNotExist
	}
	return nil
}

func (s *site) file(rec record) (*blobdownload.Download, error) {
	return &blobdownload.Download{File: s.storage.File(rec.key), Filename: rec.name}, nil
}

func (s *site) handler() http.Handler {
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", s.sessions.login)
	mux.Handle("/files/{id}", server.Handler(blobdownload.AuthorizedObjectView(s.lookup, s.check, s.file)))
	return mux
}

func main() {
	storage, err := blobdownload.OpenStorage(context.Background(), "files=mem://")
	if err != nil {
		log.Fatal(err)
	}
	s := &site{storage: storage, records: map[string]record{"1": {key: "5f3a", name: "letter.txt", owner: "alice"}}}
	s.sessions.passwords = map[string]string{"alice": "wonderland"}
	if err := storage.Bucket.WriteAll(context.Background(), "5f3a", []byte("for Alice\n"), nil); err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
