package blobdownload_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// One grant covers a playlist and its segments. The grant is in the path, so the playlist's relative URLs have it too.
func ExampleSigner_SignGrant() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	for key, content := range map[string]string{
		"course/7/index.m3u8": "1.ts", "course/7/1.ts": "film", "course/70/1.ts": "of another course",
	} {
		if err := bucket.WriteAll(context.Background(), key, []byte(content), nil); err != nil {
			panic(err)
		}
	}
	films := &blobdownload.Storage{Name: "films", Bucket: wrapper.NewBucket(bucket)}
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: []byte("32 random bytes from a secrets store")}},
		URL:  "https://films.example/play/",
	})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/play/", signer.RequireGrant(quietServer().Handler(blobdownload.GrantView(films))))

	playlist, err := signer.SignGrant(blobdownload.Grant{
		Store: "films", Prefix: "course/7/", Expires: time.Now().Add(3 * time.Hour),
	}, "course/7/index.m3u8")
	if err != nil {
		panic(err)
	}
	dir := strings.TrimSuffix(playlist, "index.m3u8")
	for _, url := range []string{playlist, dir + "1.ts", dir + "..%2F70/1.ts"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, http.NoBody))
		fmt.Printf("%d %q\n", w.Code, w.Body)
	}
	// Output:
	// 200 "1.ts"
	// 200 "film"
	// 403 "Forbidden\n"
}

// A document belongs to one user. The check sees the record, and no shared cache stores the response.
func ExampleAuthorizedObjectView() {
	type document struct {
		owner, name string
		content     []byte
	}
	documents := map[string]document{"17": {owner: "alice", name: "contract.txt", content: []byte("for Alice")}}
	view := blobdownload.AuthorizedObjectView(
		func(r *http.Request) (document, error) { return documents[r.URL.Query().Get("id")], nil },
		func(r *http.Request, d document) error {
			if user, _, ok := r.BasicAuth(); !ok || user != d.owner {
				return &blobdownload.StatusError{Status: http.StatusNotFound}
			}
			return nil
		},
		func(d document) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: wrapper.Bytes(d.name, d.content)}, nil
		},
	).Cached(blobdownload.Public(time.Hour))
	handler := quietServer().Handler(view)

	for _, user := range []string{"alice", "bob"} {
		r := httptest.NewRequest(http.MethodGet, "/?id=17", http.NoBody)
		r.SetBasicAuth(user, "")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%d %q %s\n", w.Code, w.Body, w.Header().Get("Cache-Control"))
	}
	// Output:
	// 200 "for Alice" private, max-age=3600
	// 404 "Not Found\n" no-store
}
