package blobdownload_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Users without a plan share 2 MB/s among all of their downloads. The server limits what one storage delivers.
func ExampleRateLimit() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	server, userOf := quietServer(), func(r *http.Request) string { return r.Header.Get("User") }
	// docs: begin rates
	server.Rate = &blobdownload.RateLimit{PerStorage: map[string]int64{"archive": 50 << 20}} // bytes per second
	free := &blobdownload.RateLimit{PerClient: 2_000_000, Client: userOf}                    // one value for the program

	view := blobdownload.StorageView(docs, func(r *http.Request) string { return r.PathValue("key") }).
		With(func(r *http.Request, d *blobdownload.Download) error {
			if r.Header.Get("Plan") != "paid" {
				d.Rate = free
			}
			return nil
		})
	// docs: end
	if err := docs.Bucket.WriteAll(context.Background(), "film", make([]byte, 500_000), nil); err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/{key...}", server.Handler(view))
	r := httptest.NewRequest(http.MethodGet, "/film", http.NoBody)
	r.Header.Set("User", "alice")
	began, w := time.Now(), httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Body.Len(), time.Since(began) >= 100*time.Millisecond)
	// Output: 500000 true
}
