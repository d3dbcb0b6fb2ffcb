package blobdownload_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// usedOnce stores used links in memory. Several processes need a table with a unique column, or SET NX of Redis.
type usedOnce struct{ ids sync.Map }

func (u *usedOnce) Use(_ context.Context, id string, _ time.Time) (bool, error) {
	_, used := u.ids.LoadOrStore(id, true)
	return !used, nil
}

// A link for one use: the second download is rejected.
func ExampleOneUse() {
	docs := sample()
	defer docs.Close(context.Background())
	signer := linkSigner(&usedOnce{})
	handler := signer.Require(quietServer().Handler(blobdownload.LinkView(docs)))
	link, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "2024/report.txt", Once: true, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		panic(err)
	}
	show(handler, link)
	show(handler, link)
	// Output:
	// 200
	// all is well
	// 403
	// Forbidden
}

// A link has the name, the disposition and the cache policy of its download. All of it is signed.
func ExampleLink() {
	docs := sample()
	defer docs.Close(context.Background())
	signer := linkSigner(nil)
	handler := signer.Require(quietServer().Handler(blobdownload.LinkView(docs)))
	link, err := signer.Sign(blobdownload.Link{
		Store: "docs", Key: "2024/report.txt",
		Filename: "Report of 2024.txt", Inline: true,
		Expires: time.Now().Add(time.Hour),
	})
	if err != nil {
		panic(err)
	}
	show(handler, link, "Content-Disposition", "Cache-Control")
	// Output:
	// 200
	// Content-Disposition: inline; filename="Report of 2024.txt"
	// Cache-Control: private, no-cache
	// all is well
}

func linkSigner(once blobdownload.OneUse) *blobdownload.Signer {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys:   []blobdownload.SigningKey{{ID: "2026-11", Secret: []byte("32 random bytes from a secrets store")}},
		URL:    "https://files.example/dl/",
		Once:   once,
		Logger: quietServer().Logger,
	})
	if err != nil {
		panic(err)
	}
	return signer
}

// Hidden files are served only with the option Hidden.
func ExamplePaths() {
	dir, err := os.MkdirTemp("", "public")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, ".profile"), []byte("PATH=/bin"), 0o600); err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()
	name := func(*http.Request) string { return ".profile" }
	for _, hidden := range []bool{false, true} {
		show(quietServer().Handler(blobdownload.Paths{Root: root, Hidden: hidden}.View(name)), "/")
	}
	// Output:
	// 404
	// Not Found
	//
	// 200
	// PATH=/bin
}

// The buckets of an application are opened together. Each has a name, for links, rules and logs.
func ExampleStorages() {
	ctx := context.Background()
	storages, err := blobdownload.OpenStorages(ctx, "docs=mem://", "avatars=mem://")
	if err != nil {
		panic(err)
	}
	defer storages.Close(ctx)
	fmt.Println(storages.Get("avatars").Name, storages.Check(ctx)) // for a readiness probe
	fmt.Println(storages.Get("films") == nil)

	_, err = blobdownload.OpenStorages(ctx, "docs=mem://", "docs=mem://")
	fmt.Println(err)
	// Output:
	// avatars <nil>
	// true
	// storage "docs": duplicate name
}

// The content is also stored compressed, for clients that accept the coding.
func ExampleVariant() {
	d := &blobdownload.Download{
		File:     wrapper.Bytes("data.csv", []byte("1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1\n")),
		Variants: []blobdownload.Variant{{Coding: "br", File: wrapper.Bytes("data.csv.br", []byte("compressed"))}},
	}
	handler := quietServer().Handler(func(*http.Request) (*blobdownload.Download, error) { return d, nil })
	for _, accepted := range []string{"gzip, br", "gzip"} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept-Encoding", accepted)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%q %d bytes, Vary: %s\n", w.Header().Get("Content-Encoding"), w.Body.Len(), w.Header().Get("Vary"))
	}
	// Output:
	// "br" 10 bytes, Vary: Accept-Encoding
	// "" 32 bytes, Vary: Accept-Encoding
}
