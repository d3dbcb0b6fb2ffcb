package blobdownload_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A signed link leads to a handler of the application, which verifies it without a lookup.
func ExampleSigner_Require() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	server, mux, key := quietServer(), http.NewServeMux(), "report.txt"
	secret := []byte("32 random bytes from a secrets store")
	start := func() error {
		// docs: begin signer
		signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
			Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: secret}}, // at least 32 random bytes
			URL:  "https://files.example/dl/",
		})
		if err != nil {
			return err
		}
		mux.Handle("/dl/", signer.Require(server.Handler(blobdownload.LinkView(docs))))

		link, err := signer.Sign(blobdownload.Link{Store: "docs", Key: key, Expires: time.Now().Add(time.Hour)})
		// docs: end
		fmt.Println(strings.HasPrefix(link, "https://files.example/dl/"))
		return err
	}
	if err := start(); err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/dl/guessed", http.NoBody))
	fmt.Println(w.Code)
	// Output:
	// true
	// 403
}

// A guarded client checks the address of each connection.
func ExampleHTTPView() {
	server, mux := quietServer(), http.NewServeMux()
	feed := map[string]string{"report.txt": "http://127.0.0.1/report.txt"}
	// docs: begin client
	client := wrapper.NewGuardedClient(wrapper.ClientOptions{
		Allow:     []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, // a network of yours
		Redirects: 3,                                                    // each checked like the first URL
		MaxSize:   1 << 30,
	})
	view := blobdownload.HTTPView(client, func(r *http.Request) (string, error) {
		return feed[r.PathValue("name")], nil // "" is an invalid URL: 400
	})
	mux.Handle("/remote/{name}", server.Handler(view))
	// docs: end
	_, err := wrapper.URL(client, feed["report.txt"]).Stat(context.Background())
	fmt.Println(errors.Is(err, wrapper.ErrAddress))
	// Output:
	// true
}
