// Command records keeps a record of each uploaded file in SQLite: key, name and the metadata that the storage returns
// after the upload. With that metadata, HEAD, 304 and 416 cost no storage request, and each download costs one.
//
//	cd examples/more && go run ./records 'files=file:///srv/files?metadata=skip'
//	curl -T report.pdf http://127.0.0.1:8080/files/report.pdf
//	curl -I http://127.0.0.1:8080/files/1
package main

import (
	"context"
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "gocloud.dev/blob/fileblob"
	_ "modernc.org/sqlite"

	"github.com/go-downloadview/downloadview/blobdownload"
)

type files struct {
	records records
	storage *blobdownload.Storage
}

func (f *files) lookup(r *http.Request) (record, error) {
	return f.records.find(r.Context(), r.PathValue("id"))
}

func (f *files) download(rec record) (*blobdownload.Download, error) {
	return &blobdownload.Download{File: f.storage.File(rec.key).WithInfo(rec.info), Filename: rec.name}, nil
}

func handler(ctx context.Context, db *sql.DB, storage *blobdownload.Storage) (http.Handler, error) {
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, err
	}
	f, server, mux := &files{records{db}, storage}, new(blobdownload.Server), http.NewServeMux()
	mux.Handle("/files/{id}", server.Handler(blobdownload.ObjectView(f.lookup, f.download)))
	mux.HandleFunc("PUT /files/{name}", func(w http.ResponseWriter, r *http.Request) {
		if err := f.upload(w, r); err != nil {
			server.Error(w, r, err)
		}
	})
	return mux, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: records files=file:///srv/files?metadata=skip")
	}
	ctx := context.Background()
	storage, err := blobdownload.OpenStorage(ctx, os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:records.db")
	if err != nil {
		log.Fatal(err)
	}
	h, err := handler(ctx, db, storage)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
