// Command private serves each file to its owner alone. A session cookie names the user; a permission check compares the
// user with the owner in the file's record. A file of another user gets the 404 of a missing one.
//
//	go run ./examples/private
//	curl -c cookies -d user=alice -d password=wonderland http://127.0.0.1:8080/login
//	curl -b cookies -OJ http://127.0.0.1:8080/files/1
package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"io/fs"
	"log"
	"net/http"
	"sync"
	"time"

	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

type record struct{ key, name, owner string }

// site has its users and records in memory: in production, both are in a database, the passwords as hashes.
type site struct {
	storage   *blobdownload.Storage
	records   map[string]record
	passwords map[string]string
	sessions  sync.Map // user by session
}

func (s *site) login(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	password, ok := s.passwords[user]
	if !ok || subtle.ConstantTimeCompare([]byte(r.FormValue("password")), []byte(password)) != 1 {
		http.Error(w, "wrong user or password", http.StatusForbidden)
		return
	}
	session := rand.Text()
	s.sessions.Store(session, user)
	http.SetCookie(w, &http.Cookie{ // in production: Secure
		Name: "session", Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (s *site) lookup(r *http.Request) (record, error) {
	rec, ok := s.records[r.PathValue("id")]
	if !ok {
		return rec, fs.ErrNotExist
	}
	return rec, nil
}

func (s *site) check(r *http.Request, rec record) error {
	if cookie, err := r.Cookie("session"); err == nil {
		if user, ok := s.sessions.Load(cookie.Value); ok && user == rec.owner {
			return nil
		}
	}
	return fs.ErrNotExist
}

func (s *site) file(rec record) (*blobdownload.Download, error) {
	return &blobdownload.Download{File: s.storage.File(rec.key), Filename: rec.name}, nil
}

func handler(s *site) http.Handler {
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", s.login)
	mux.Handle("/files/{id}", server.Handler(blobdownload.AuthorizedObjectView(s.lookup, s.check, s.file)))
	return mux
}

func main() {
	ctx := context.Background()
	storage, err := blobdownload.OpenStorage(ctx, "files=mem://")
	if err != nil {
		log.Fatal(err)
	}
	if err := storage.Bucket.WriteAll(ctx, "5f3a", []byte("for Alice\n"), nil); err != nil {
		log.Fatal(err)
	}
	h := handler(&site{
		storage:   storage,
		records:   map[string]record{"1": {key: "5f3a", name: "letter.txt", owner: "alice"}},
		passwords: map[string]string{"alice": "wonderland"},
	})
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
