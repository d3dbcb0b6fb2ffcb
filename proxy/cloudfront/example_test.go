package cloudfront_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/cloudfront"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The client downloads from CloudFront, with a URL that is signed by the key pair of a key group.
func ExampleSigner() {
	key, err := rsa.GenerateKey(rand.Reader, 2048) // in production: from a secrets store
	if err != nil {
		panic(err)
	}
	signer, err := cloudfront.NewSigner("K2JCJMDEHXQW5F", key)
	if err != nil {
		panic(err)
	}
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	defer docs.Bucket.Close()
	server := blobdownload.Server{Optimizer: &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "docs", Location: "https://d111111abcdef8.cloudfront.net/"}},
		Signer: signer,
	}}
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "2026/report.pdf" })
	w := httptest.NewRecorder()
	server.Handler(view).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	target, err := url.Parse(w.Header().Get("Location"))
	fmt.Println(w.Code, target.Host+target.Path, target.Query().Get("Key-Pair-Id"), err)
	// Output:
	// 302 d111111abcdef8.cloudfront.net/2026/report.pdf K2JCJMDEHXQW5F <nil>
}
