// Command remote serves resources of another server: it streams each with ranges, and resumes it if the connection to
// the server drops. The client is guarded: it connects to public addresses only, and to the networks that Allow lists.
//
//	go run ./examples/remote
//	curl -i -r 0-99 http://127.0.0.1:8080/remote/go-logo
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// handler serves GET /remote/{name}. The client of the request chooses a name, never a URL.
func handler(options wrapper.ClientOptions, urls map[string]string) http.Handler {
	options.Redirects = 3 // each checked like the first URL
	options.MaxSize = 100 << 20
	view := blobdownload.HTTPView(wrapper.NewGuardedClient(options), func(r *http.Request) (string, error) {
		url, ok := urls[r.PathValue("name")]
		if !ok {
			return "", &blobdownload.StatusError{Status: http.StatusNotFound}
		}
		return url, nil
	})
	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/remote/{name}", server.Handler(view))
	return mux
}

func main() {
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		Handler:           handler(wrapper.ClientOptions{}, map[string]string{"go-logo": "https://go.dev/images/go-logo-blue.svg"}),
	}).ListenAndServe())
}
