package edge_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/storagetest/edge"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The response of an application with X-Accel, as a client of nginx receives it.
func ExampleNginx() {
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	defer docs.Bucket.Close()
	server := blobdownload.Server{Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}}
	app := server.Handler(blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Path[1:] }))

	files := fstest.MapFS{"report.txt": {Data: []byte("all is well")}}
	nginx := &edge.Nginx{App: app, Locations: []edge.Location{{Prefix: "/_files/", Files: files}}}
	r := httptest.NewRequest(http.MethodGet, "/report.txt", http.NoBody)
	r.Header.Set("Range", "bytes=4-5")
	w := httptest.NewRecorder()
	nginx.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body, w.Header().Get("Content-Range"), w.Header().Get("Content-Disposition"))
	// Output:
	// 206 is bytes 4-5/11 attachment; filename="report.txt"
}
