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

// A link is good for one download, in any number of requests.
func ExampleLink_downloads() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	if err := bucket.WriteAll(context.Background(), "report.txt", []byte("quarterly"), nil); err != nil {
		panic(err)
	}
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: []byte("32 random bytes from a secrets store")}},
		URL:  "https://files.example/dl/",
		Once: &blobdownload.MemoryUses{}, // in production: docstoreuses.Open
	})
	if err != nil {
		panic(err)
	}
	handler := signer.Require(quietServer().Handler(blobdownload.LinkView(docs)))
	link, err := signer.Sign(blobdownload.Link{
		Store: "docs", Key: "report.txt", Expires: time.Now().Add(time.Hour), Downloads: 1,
	})
	if err != nil {
		panic(err)
	}
	for _, part := range []string{"bytes=0-4", "bytes=0-4", "bytes=5-", "bytes=0-4"} {
		r := httptest.NewRequest(http.MethodGet, link, http.NoBody)
		r.Header.Set("Range", part)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%d %q\n", w.Code, w.Body)
	}
	// Output:
	// 206 "quart"
	// 206 "quart"
	// 206 "erly"
	// 403 "Forbidden\n"
}
