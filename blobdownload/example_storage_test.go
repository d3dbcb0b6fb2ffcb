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

// Each storage has options of its own for reading a remote bucket.
func ExampleStorage() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	// docs: begin tuning
	docs.ReadOptions = wrapper.ReadOptions{
		Retries:      5,                // before the first byte, with jitter and Retry-After
		StallTimeout: 10 * time.Second, // without data until a retry
		ReadAhead:    4,                // parts in flight; 1 disables read-ahead
		PartSize:     8 << 20,
	}
	docs.Limiter = wrapper.NewLimiter(200, 5*time.Second)      // connections; a longer wait is a 503
	docs.InfoCache = wrapper.NewInfoCache(10_000, time.Minute) // HEAD, 304, 412 and 416 without a request
	// docs: end
	handler := quietServer().Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "missing.txt" }))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	fmt.Println(w.Code)
	// Output: 404
}
