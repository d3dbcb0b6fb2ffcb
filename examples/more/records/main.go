// Command records keeps a record of each uploaded file in SQLite: key, name and the metadata that the storage returns
// after the upload. With that metadata, HEAD, 304 and 416 cost no storage request, and each download costs one.
//
//	cd examples/more && go run ./records 'files=file:///srv/files?metadata=skip'
//	curl -T report.pdf http://127.0.0.1:8080/files/report.pdf
//	curl -I http://127.0.0.1:8080/files/1
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"mime"
	"net/http"
	"os"
	"path"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"
	_ "modernc.org/sqlite"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

const schema = `CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
	etag TEXT NOT NULL, content_type TEXT NOT NULL, version TEXT NOT NULL, modified INTEGER NOT NULL)`

type record struct {
	key, name string
	info      wrapper.Info
}

type files struct {
	db      *sql.DB
	storage *blobdownload.Storage
}

// upload stores the body, then a record with the metadata of the stored object. The key is random: names need not be unique.
// Bucket.Upload requires a media type.
func (f *files) upload(w http.ResponseWriter, r *http.Request) error {
	rec := record{key: rand.Text(), name: r.PathValue("name")}
	body := http.MaxBytesReader(w, r.Body, 1<<30)
	options := &blob.WriterOptions{ContentType: cmp.Or(mime.TypeByExtension(path.Ext(rec.name)), "application/octet-stream")}
	if err := f.storage.Bucket.Upload(r.Context(), rec.key, body, options); err != nil {
		return err
	}
	info, err := f.storage.File(rec.key).Stat(r.Context())
	if err != nil {
		return err
	}
	var id int64
	err = f.db.QueryRowContext(r.Context(),
		`INSERT INTO files (key, name, size, etag, content_type, version, modified) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		rec.key, rec.name, info.Size, info.ETag, info.ContentType, info.Version, info.ModTime.UnixNano()).Scan(&id)
	if err != nil {
		return errors.Join(err, f.storage.Bucket.Delete(context.WithoutCancel(r.Context()), rec.key))
	}
	w.Header().Set("Location", fmt.Sprintf("/files/%d", id))
	w.WriteHeader(http.StatusCreated)
	return nil
}

func (f *files) lookup(r *http.Request) (rec record, err error) {
	var modified int64
	err = f.db.QueryRowContext(r.Context(), `SELECT key, name, size, etag, content_type, version, modified FROM files WHERE id = ?`,
		r.PathValue("id")).Scan(&rec.key, &rec.name, &rec.info.Size, &rec.info.ETag, &rec.info.ContentType, &rec.info.Version, &modified)
	rec.info.ModTime = time.Unix(0, modified)
	if errors.Is(err, sql.ErrNoRows) {
		err = fs.ErrNotExist
	}
	return rec, err
}

func (f *files) download(rec record) (*blobdownload.Download, error) {
	return &blobdownload.Download{File: f.storage.File(rec.key).WithInfo(rec.info), Filename: rec.name}, nil
}

func handler(ctx context.Context, db *sql.DB, storage *blobdownload.Storage) (http.Handler, error) {
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, err
	}
	f, server, mux := &files{db, storage}, new(blobdownload.Server), http.NewServeMux()
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
