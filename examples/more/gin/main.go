// Command gin serves downloads from a gin engine: a storage by a wrapped handler, and one file by [blobdownload.Server.Serve]
// inside a handler of gin. A failed transfer stays visible to the client, although gin recovers the panic.
//
//	cd examples/more && go run ./gin
//	curl -i http://127.0.0.1:8080/docs/2026/report.txt
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// key is the decoded path. The request of a wrapped handler does not have gin's parameters.
func key(r *http.Request) string { return r.URL.Path[len("/docs/"):] }

func handler(docs *blobdownload.Storage) http.Handler {
	var server blobdownload.Server
	engine := gin.New()
	engine.Use(gin.Recovery())

	// docs: begin gin
	download := gin.WrapH(server.Handler(blobdownload.StorageView(docs, key)))
	methods := []string{http.MethodGet, http.MethodHead}
	engine.Match(methods, "/docs/*key", download)

	engine.Match(methods, "/reports/:year", func(c *gin.Context) {
		d := &blobdownload.Download{File: docs.File(c.Param("year") + "/report.txt"), Filename: "Report of " + c.Param("year") + ".txt"}
		if err := server.Serve(c.Writer, c.Request, d); err != nil {
			server.Error(c.Writer, c.Request, err)
		}
	})
	// docs: end
	return engine
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	docs, err := blobdownload.OpenStorage(context.Background(), "docs=mem://")
	if err != nil {
		log.Fatal(err)
	}
	if err := docs.Bucket.WriteAll(context.Background(), "2026/report.txt", []byte("all is well\n"), nil); err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           handler(docs),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
