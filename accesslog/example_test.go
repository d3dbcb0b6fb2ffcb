package accesslog_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

const nginxLog = `{"time":"2026-11-29T08:38:27+00:00","id":"86a5875c1ce48eb322641059c5e0993e","client":"192.0.2.7","method":"GET","uri":"/film","status":"200","bytes":"70000","completion":"OK","length":"70000","range":"","coding":"","elapsed":"0.004"}
{"time":"2026-11-29T08:38:29+00:00","id":"a66e1de37f41ec10bde6fe9e4c205839","client":"192.0.2.8","method":"GET","uri":"/film","status":"200","bytes":"4096","completion":"","length":"70000","range":"","coding":"","elapsed":"0.010"}
{"time":"2026-11-29T08:3`

// The number of bytes that nginx has sent of each download, and whether the client received all of them.
func ExampleReader() {
	log := strings.NewReader(nginxLog)
	// docs: begin deliveries
	deliveries := accesslog.NewReader(log, accesslog.Nginx)
	for d, err := range deliveries.Records() {
		if err != nil {
			panic(err) // the file failed: no line is an error
		}
		fmt.Println(d.Path, d.Status, d.Bytes, "of", d.Length, d.Completeness, d.Client)
	}
	fmt.Println(deliveries.Skipped(), "line skipped")
	// docs: end

	// Output:
	// /film 200 70000 of 70000 complete 192.0.2.7
	// /film 200 4096 of 70000 incomplete 192.0.2.8
	// 1 line skipped
}

// The application's result of an offloaded download has the id of the log line, and the file.
func ExampleRecord() {
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	defer docs.Bucket.Close()
	// docs: begin deliveries-join
	downloads := map[string]blobdownload.Result{} // a table in production
	server := &blobdownload.Server{
		Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}},
		Observe:   func(_ *http.Request, res blobdownload.Result) { downloads[res.RequestID] = res },
	}
	deliver := func(d accesslog.Record) {
		res, ok := downloads[d.RequestID]
		if ok && res.Redirect != nil && d.Completeness == accesslog.Complete {
			fmt.Println(res.Download.File.Location().Key, d.Bytes)
		}
	}
	// docs: end
	r := httptest.NewRequest(http.MethodGet, "/film", http.NoBody)
	r.Header.Set("X-Request-ID", "86a5875c1ce48eb322641059c5e0993e") // by nginx
	server.Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "films/1.mp4" })).ServeHTTP(httptest.NewRecorder(), r)
	for d, err := range accesslog.NewReader(strings.NewReader(nginxLog), accesslog.Detect).Records() {
		if err != nil {
			panic(err)
		}
		deliver(d)
	}
	// Output: films/1.mp4 70000
}

// Without nginx, the application makes the id and adds it to the signed URL, which S3 or the CDN logs.
func ExampleRecord_presigned() {
	view := func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: wrapper.Bytes("a", nil)}, nil
	}
	// docs: begin deliveries-presigned
	server := &blobdownload.Server{Optimizer: &proxy.Presign{RequestIDs: true}}
	handler := blobdownload.RequestIDs(server.Handler(view))
	// docs: end
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	fmt.Println(len(w.Header().Get("X-Request-ID")))
	// Output: 32
}
