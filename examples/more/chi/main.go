// Command chi serves downloads from a chi router. The user is found by middleware of the router, and the permission
// check of the view reads the user from the context of the request.
//
//	cd examples/more && go run ./chi
//	curl -i -H 'X-Api-Key: letmein' http://127.0.0.1:8080/docs/2026/report.txt
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

type userKey struct{}

// authenticate adds the user of an API key to the context.
func authenticate(users map[string]string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user := users[r.Header.Get("X-Api-Key")] // in production: keyed by a hash of the API key
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
		})
	}
}

func signedIn(r *http.Request) error {
	if user, _ := r.Context().Value(userKey{}).(string); user == "" {
		return blobdownload.Unauthorized("ApiKey")
	}
	return nil
}

// docs: begin chi

// key is the decoded path. chi.URLParam(r, "*") is escaped for some paths, such as /docs/a%2Bb.txt.
func key(r *http.Request) string { return r.URL.Path[len("/docs/"):] }

func handler(docs *blobdownload.Storage, users map[string]string) http.Handler {
	var server blobdownload.Server
	router := chi.NewRouter()
	router.Use(middleware.Recoverer, authenticate(users))
	router.Handle("/docs/*", server.Handler(blobdownload.StorageView(docs, key).Authorized(signedIn)))
	return router
}

// docs: end

func main() {
	docs, err := blobdownload.OpenStorage(context.Background(), "docs=mem://")
	if err != nil {
		log.Fatal(err)
	}
	if err := docs.Bucket.WriteAll(context.Background(), "2026/report.txt", []byte("all is well\n"), nil); err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           handler(docs, map[string]string{"letmein": "alice"}),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
