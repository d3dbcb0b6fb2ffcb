package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"path"

	"gocloud.dev/blob"
)

// upload stores the body, then a record with the metadata of the stored object. The key is random: names need not be unique.
// Bucket.Upload requires a media type.
func (f *files) upload(w http.ResponseWriter, r *http.Request) error {
	rec := record{key: rand.Text(), name: r.PathValue("name")}
	body := http.MaxBytesReader(w, r.Body, 1<<30)
	options := &blob.WriterOptions{ContentType: cmp.Or(mime.TypeByExtension(path.Ext(rec.name)), "application/octet-stream")}
	err := f.storage.Bucket.Upload(r.Context(), rec.key, body, options)
	if err != nil {
		return err
	}
	if rec.info, err = f.storage.File(rec.key).Stat(r.Context()); err != nil {
		return err
	}
	id, err := f.records.insert(r.Context(), rec)
	if err != nil {
		return errors.Join(err, f.storage.Bucket.Delete(context.WithoutCancel(r.Context()), rec.key))
	}
	w.Header().Set("Location", fmt.Sprintf("/files/%d", id))
	w.WriteHeader(http.StatusCreated)
	return nil
}
