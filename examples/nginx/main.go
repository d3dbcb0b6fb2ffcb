// Command nginx checks a permission, and nginx sends the file: the response has the field X-Accel-Redirect and no body.
// The nginx.conf beside this file belongs to it. Clients must reach the application through nginx alone.
//
//	TOKEN=letmein go run ./examples/nginx
//	nginx -p /tmp/nginx -e stderr -c $PWD/examples/nginx/nginx.conf
//	curl -i -H 'Authorization: Bearer letmein' http://127.0.0.1:8000/docs/report.pdf
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
	"github.com/go-downloadview/downloadview/proxy"
)

func handler(docs *blobdownload.Storage, token string) http.Handler {
	server := &blobdownload.Server{Optimizer: &proxy.XAccel{
		Mounts: []proxy.Mount{{Store: docs.Name, Location: "/_files/", Keys: proxy.FileBlobKeys}},
	}}
	view := blobdownload.StorageView(docs, blobdownload.PathValue("key")).Authorized(func(r *http.Request) error {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			return blobdownload.Unauthorized(`Bearer realm="docs"`)
		}
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(view))
	return mux
}

func main() {
	token := os.Getenv("TOKEN")
	if token == "" {
		log.Fatal("usage: TOKEN=… nginx")
	}
	docs, err := blobdownload.OpenStorage(context.Background(), "docs=file:///srv/downloadview/files")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           handler(docs, token),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
