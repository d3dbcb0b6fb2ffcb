package snippets_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// blobRow is a row of the table active_storage_blobs.
type blobRow struct {
	Key, Filename, ContentType string
	ByteSize                   int64
	ETag                       string
}

// The columns of Active Storage spare the request for metadata.
func Example_activeStorage() {
	docs := store("docs=mem://", "x7f3a")
	defer docs.Close(context.Background())
	stored, err := docs.File("x7f3a").Stat(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := map[string]blobRow{"1": {"x7f3a", "Plan.pdf", "application/pdf", stored.Size, stored.ETag}}
	find := func(r *http.Request) (blobRow, error) {
		row, ok := rows[r.PathValue("id")]
		if !ok {
			return row, fs.ErrNotExist
		}
		return row, nil
	}
	mux, server := http.NewServeMux(), &blobdownload.Server{Logger: quiet}
	// docs: begin activestorage
	// before: redirect_to rails_blob_path(document.file, disposition: "attachment")
	mux.Handle("/blobs/{id}", server.Handler(blobdownload.ObjectView(find, func(b blobRow) (*blobdownload.Download, error) {
		return &blobdownload.Download{
			File:        docs.File(b.Key).WithInfo(wrapper.Info{Size: b.ByteSize, ETag: b.ETag}), // 304 and HEAD without a request
			Filename:    b.Filename,
			ContentType: b.ContentType,
		}, nil
	})))
	// docs: end
	get(mux, "/blobs/1", "Content-Type", "Content-Disposition")
	get(mux, "/blobs/2")
	// Output:
	// 200 content of x7f3a
	// Content-Type: application/pdf
	// Content-Disposition: attachment; filename="Plan.pdf"
	// 404 Not Found
}

// A link expires, for every kind of storage.
func Example_temporaryURL() {
	docs := store("docs=mem://", "invoices/7.pdf")
	defer docs.Close(context.Background())
	mux, server := http.NewServeMux(), &blobdownload.Server{Logger: quiet}
	secret := bytes.Repeat([]byte("x"), blobdownload.MinSecret)
	run := func() error {
		// docs: begin temporaryurl
		// before: Storage::disk('local')->temporaryUrl('invoices/7.pdf', now()->addMinutes(5))
		signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
			Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: secret}}, // at least 32 random bytes
			URL:  "/dl/",
		})
		if err != nil {
			return err
		}
		mux.Handle("/dl/{token}", signer.Require(server.Handler(blobdownload.LinkView(docs))))
		link, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "invoices/7.pdf", Expires: time.Now().Add(5 * time.Minute)})
		// docs: end
		if err != nil {
			return err
		}
		fmt.Println(strings.HasPrefix(link, "/dl/"))
		get(mux, link, "Content-Disposition")
		return nil
	}
	if err := run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// true
	// 200 content of invoices/7.pdf
	// Content-Disposition: attachment; filename="7.pdf"
}
