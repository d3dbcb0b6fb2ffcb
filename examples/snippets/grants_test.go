package snippets_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	_ "gocloud.dev/docstore/memdocstore"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/docstoreuses"
)

// One link covers the playlist and its segments.
func Example_grant() {
	films := store("films=mem://", "course/7/index.m3u8", "course/7/1.ts")
	defer films.Close(context.Background())
	signer, server, mux := signer(), &blobdownload.Server{}, http.NewServeMux()
	start := func() (string, error) {
		// docs: begin grant
		grant := blobdownload.Grant{Store: "films", Prefix: "course/7/", Expires: time.Now().Add(3 * time.Hour)}
		playlist, err := signer.SignGrant(grant, "course/7/index.m3u8")
		// https://files.example/dl/AQAHMjAy…/index.m3u8

		mux.Handle("/dl/", signer.RequireGrant(server.Handler(blobdownload.GrantView(films))))
		// docs: end
		return playlist, err
	}
	playlist, err := start()
	fmt.Println(err)
	get(mux, playlist)
	get(mux, strings.Replace(playlist, "index.m3u8", "1.ts", 1))
	// Output:
	// <nil>
	// 200 content of course/7/index.m3u8
	// 200 content of course/7/1.ts
}

// A link is valid for a number of downloads.
func Example_allowance() {
	ctx, key, database := context.Background(), "a.txt", "mem://links/id"
	keys := []blobdownload.SigningKey{{ID: "1", Secret: []byte("32 random bytes from a secrets store")}}
	start := func() (string, error) {
		// docs: begin allowance
		uses, err := docstoreuses.Open(ctx, database) // "dynamodb://links?partition_key=id"
		if err != nil {
			return "", err
		}
		signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
			Keys: keys, URL: "https://files.example/dl/", Once: uses,
		})
		if err != nil {
			return "", err
		}
		link, err := signer.Sign(blobdownload.Link{
			Store: "docs", Key: key, Expires: time.Now().Add(time.Hour), Downloads: 3,
		})
		// docs: end
		return link, err
	}
	link, err := start()
	fmt.Println(strings.HasPrefix(link, "https://files.example/dl/"), err)
	// Output: true <nil>
}
