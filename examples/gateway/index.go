package main

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// maxListed is the number of keys of a bucket that the index shows.
const maxListed = 1000

//go:embed index.html
var indexHTML string

var indexPage = template.Must(template.New("index").Parse(indexHTML))

// index is a page that lists the objects of the buckets.
type index struct {
	storages blobdownload.Storages
	logger   *slog.Logger
}

// listing is a bucket on the page.
type listing struct {
	Name    string
	Objects []object
	More    bool // the bucket has more objects
	Failed  bool
}

type object struct {
	Key  string
	Size int64
	Link string // "" if the storage rejects the key
}

func (i *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	listings := make([]listing, len(i.storages))
	for n, s := range i.storages {
		var err error
		if listings[n], err = list(r.Context(), s); err != nil {
			i.logger.Error("list", "storage", s.Name, "error", redact.Error(err))
			status = http.StatusBadGateway
		}
	}
	var page bytes.Buffer
	if err := indexPage.Execute(&page, listings); err != nil {
		i.logger.Error("index", "error", err)
		status = http.StatusInternalServerError
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// list returns the first keys of a storage.
func list(ctx context.Context, s *blobdownload.Storage) (listing, error) {
	l := listing{Name: s.Name}
	found, next, err := s.Bucket.ListPage(ctx, blob.FirstPageToken, maxListed, nil)
	if err != nil {
		l.Failed = true
		return l, err
	}
	for _, o := range found {
		l.Objects = append(l.Objects, object{Key: o.Key, Size: o.Size, Link: link(s.Name, o.Key)})
	}
	l.More = len(next) > 0
	return l, nil
}

// link returns the path of an object, each segment escaped once, or "" for a key that the storage rejects.
func link(name, key string) string {
	if blobdownload.CanonicalKey(key) != nil {
		return ""
	}
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "/f/" + url.PathEscape(name) + "/" + strings.Join(segments, "/")
}
