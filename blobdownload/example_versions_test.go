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

// The URL has the date. A bucket in memory has no versions: the response is a 501.
func ExampleOfVersion() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	contracts := &blobdownload.Storage{Name: "contracts", Bucket: wrapper.NewBucket(bucket)}
	// docs: begin versions
	signed := func(r *http.Request) (*blobdownload.Download, error) { // GET /contracts/2026-01-31/rent.pdf
		day, err := time.Parse(time.DateOnly, r.PathValue("day"))
		if err != nil || day.After(time.Now()) {
			return nil, &blobdownload.StatusError{Status: http.StatusNotFound, Err: err}
		}
		file, err := contracts.File(r.PathValue("key")).AsOf(r.Context(), day)
		if err != nil {
			return nil, err
		}
		return &blobdownload.Download{File: file}, nil
	}
	view := blobdownload.View(signed).Cached(blobdownload.OfVersion(blobdownload.NoStore))
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/contracts/{day}/{key...}", quietServer().Handler(view))
	for _, path := range []string{"/contracts/2026-01-31/rent.pdf", "/contracts/today/rent.pdf"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		fmt.Println(w.Code)
	}
	// Output:
	// 501
	// 404
}
