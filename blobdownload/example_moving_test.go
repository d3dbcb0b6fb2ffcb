package blobdownload_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Objects move from a disk to a bucket. Each is read from the bucket once it is there, and until then from the disk.
func ExampleStorage_moving() {
	newBucket, oldBucket := memblob.OpenBucket(nil), memblob.OpenBucket(nil)
	defer newBucket.Close()
	defer oldBucket.Close()
	bucket := &blobdownload.Storage{Name: "bucket", Bucket: wrapper.NewBucket(newBucket)}
	disk := &blobdownload.Storage{Name: "disk", Bucket: wrapper.NewBucket(oldBucket)}
	ctx := context.Background()
	// docs: begin moving
	either := &wrapper.FirstOf{} // one for the program: it remembers which objects the bucket does not have yet
	view := func(r *http.Request) (*blobdownload.Download, error) {
		key := r.PathValue("key")
		return &blobdownload.Download{File: either.File(bucket.File(key), disk.File(key))}, nil
	}
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/{key...}", quietServer().Handler(view))
	show := func() {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/a.txt", http.NoBody))
		fmt.Println(w.Code, w.Body)
	}
	_ = disk.Bucket.WriteAll(ctx, "a.txt", []byte("on the disk"), nil)
	show()
	_ = bucket.Bucket.WriteAll(ctx, "a.txt", []byte("in the bucket"), nil)
	either.Forget(bucket.File("a.txt"))
	show()
	// Output:
	// 200 on the disk
	// 200 in the bucket
}
