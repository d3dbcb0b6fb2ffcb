package blobdownload_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// How a remote bucket is read is tuned storage by storage.
func ExampleStorage() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	// docs: begin tuning
	docs.ReadOptions = wrapper.ReadOptions{
		Retries:      5,                // before the first byte, with jitter; Retry-After is obeyed
		StallTimeout: 10 * time.Second, // without a byte, and it counts as cut
		ReadAhead:    4,                // parts at a time, 1 to turn it off
		PartSize:     8 << 20,
	}
	docs.Limiter = wrapper.NewLimiter(200, 5*time.Second)      // connections in use; who waits longer gets a 503
	docs.InfoCache = wrapper.NewInfoCache(10_000, time.Minute) // HEAD, 304, 412 and 416 without a request
	// docs: end
	handler := quiet().Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "missing.txt" }))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	fmt.Println(w.Code)
	// Output: 404
}
