package docstoreuses_test

import (
	"context"
	"fmt"
	"time"

	_ "gocloud.dev/docstore/memdocstore" // mem://

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/docstoreuses"
)

// The uses of links are in a collection that all processes of the application open by URL. This one is in memory.
func ExampleUses() {
	ctx := context.Background()
	uses, err := docstoreuses.Open(ctx, "mem://links/id") // dynamodb://links?partition_key=id
	if err != nil {
		panic(err)
	}
	defer uses.Close()
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: []byte("32 random bytes from a secrets store")}},
		URL:  "https://files.example/dl/",
		Once: uses,
	})
	if err != nil {
		panic(err)
	}
	_, err = signer.Sign(blobdownload.Link{Store: "docs", Key: "a.txt", Once: true, Expires: time.Now().Add(time.Hour)})
	fmt.Println(err)

	for range 2 {
		unused, err := uses.Use(ctx, "the id of a link", time.Now().Add(time.Hour)) // as Signer does for each request
		fmt.Println(unused, err)
	}
	// Output:
	// <nil>
	// true <nil>
	// false <nil>
}
