// Command echo serves downloads from an echo router: a storage by a wrapped handler, and one file by
// [blobdownload.Server.Serve] inside a handler of echo, whose errors reach the error handler of echo.
//
//	cd examples/more && go run ./echo
//	curl -i http://127.0.0.1:8080/reports/2026
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// key is the decoded path. The request of a wrapped handler does not have echo's parameters.
func key(r *http.Request) string { return r.URL.Path[len("/docs/"):] }

func handler(docs *blobdownload.Storage) http.Handler {
	var server blobdownload.Server
	e := echo.New()
	e.Use(middleware.Recover())
	methods := []string{http.MethodGet, http.MethodHead}
	e.Match(methods, "/docs/*", echo.WrapHandler(server.Handler(blobdownload.StorageView(docs, key))))

	e.Match(methods, "/reports/:year", func(c echo.Context) error {
		d := &blobdownload.Download{File: docs.File(c.Param("year") + "/report.txt"), Filename: "Report of " + c.Param("year") + ".txt"}
		if err := server.Serve(c.Response(), c.Request(), d); err != nil {
			return echo.NewHTTPError(blobdownload.Status(err)).SetInternal(err)
		}
		return nil
	})
	return e
}

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
		Handler:           handler(docs),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
