package site_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// exampleStorage returns a storage with a small single-page application.
func exampleStorage() *blobdownload.Storage {
	s := &blobdownload.Storage{Name: "www", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	for _, key := range []string{
		"app/index.html", "app/about.html", "app/blog/index.html", "app/404.html", "app/assets/app-5f2a9c1e.js", "app/assets/app-5f2a9c1e.js.br",
	} {
		if err := s.Bucket.WriteAll(context.Background(), key, []byte("content of "+key), nil); err != nil {
			log.Fatal(err)
		}
	}
	return s
}

// A single-page application is served from a prefix of a bucket.
func ExampleSite() {
	storage := exampleStorage()
	ctx, mux := context.Background(), http.NewServeMux()

	// docs: begin site
	app := &site.Site{Storage: storage, Prefix: "app/", Fallback: "index.html"}
	if err := app.Check(ctx); err != nil { // lists the keys, and names a missing page
		log.Fatal(err)
	}
	server := &blobdownload.Server{ErrorHandler: app.ServeError} // 404.html
	mux.Handle("/", server.Handler(app.View()))
	// docs: end

	for _, path := range []string{"/", "/about", "/about.html", "/blog", "/assets/app-5f2a9c1e.js", "/users/7", "/assets/old.js"} {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(path, w.Code, w.Header().Get("Location"), w.Header().Get("Cache-Control"))
	}
	_ = storage.Bucket.Close()
	// Output:
	// / 200  no-cache
	// /about 200  no-cache
	// /about.html 308 ./about no-store
	// /blog 308 ./blog/ no-store
	// /assets/app-5f2a9c1e.js 200  public, max-age=31536000, immutable
	// /users/7 200  no-cache
	// /assets/old.js 404  no-store
}

// Assets of Vite are below one directory. The pages have a policy, and the site is for signed-in users.
func ExampleSite_View() {
	storage := exampleStorage()
	defer storage.Bucket.Close()
	signedIn := func(r *http.Request) error {
		if r.Header.Get("Authorization") == "" {
			return blobdownload.Unauthorized(`Basic realm="docs"`)
		}
		return nil
	}

	// docs: begin site-private
	app := &site.Site{
		Storage: storage, Prefix: "app/",
		Immutable: func(key string) bool { return strings.HasPrefix(key, "assets/") },
		Header:    http.Header{"Content-Security-Policy": {"default-src 'self'; frame-ancestors 'none'"}},
	}
	server := &blobdownload.Server{ErrorHandler: app.ServeError}
	handler := http.StripPrefix("/docs", server.Handler(app.View().Authorized(signedIn)))
	// docs: end

	r := httptest.NewRequest(http.MethodGet, "/docs/about", http.NoBody)
	for range 2 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Cache-Control"))
		r.SetBasicAuth("alice", "secret")
	}
	// Output:
	// 401 no-store
	// 200 private, no-cache
}

// The application sends the pages, a CDN the assets with a hash in their names.
func ExampleSite_cdn() {
	storage := exampleStorage()
	defer storage.Bucket.Close()
	app := &site.Site{Storage: storage, Prefix: "app/"}

	// docs: begin site-cdn
	server := &blobdownload.Server{ErrorHandler: app.ServeError, Optimizer: &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "www", Prefix: "app/assets/", Location: "https://cdn.example.com/assets/"}},
		Signer: proxy.PublicFiles{},
	}}
	// docs: end

	for _, path := range []string{"/about", "/assets/app-5f2a9c1e.js"} {
		w := httptest.NewRecorder()
		server.Handler(app.View()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		fmt.Println(path, w.Code, cmp.Or(w.Header().Get("Location"), "streamed"))
	}
	// Output:
	// /about 200 streamed
	// /assets/app-5f2a9c1e.js 302 https://cdn.example.com/assets/app-5f2a9c1e.js
}
