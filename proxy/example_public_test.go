package proxy_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// The client downloads from a CDN without signatures. Only downloads with a public cache policy are redirected.
func ExamplePublicFiles() {
	s := docs()
	defer s.Bucket.Close()
	// docs: begin public-files
	cdn := &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "https://cdn.example.com/v/"}},
		Signer: proxy.PublicFiles{}, // every object below videos/ is public
	}
	view := blobdownload.StorageView(s, blobdownload.PathValue("key")).Cached(blobdownload.Public(time.Hour))
	// docs: end
	for _, v := range []blobdownload.View{view, view.Authorized(func(*http.Request) error { return nil })} {
		mux := http.NewServeMux()
		mux.Handle("/{key...}", (&blobdownload.Server{Optimizer: cdn}).Handler(v))
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/videos/part%201.mp4", http.NoBody))
		fmt.Println(w.Code, w.Header().Get("Location"))
	}
	// Output:
	// 302 https://cdn.example.com/v/part%201.mp4
	// 200
}
