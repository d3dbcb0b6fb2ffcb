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
)

// maxListed is how many keys of a bucket the index shows.
const maxListed = 1000

//go:embed index.html
var indexHTML string

var indexPage = template.Must(template.New("index").Parse(indexHTML))

// index is a plain page of what the buckets hold.
type index struct {
	storages blobdownload.Storages
	logger   *slog.Logger
}

// listing is a bucket as the page shows it.
type listing struct {
	Name    string
	Objects []object
	More    bool // than Objects
	Failed  bool
}

type object struct {
	Key  string
	Size int64
	Link string // "" when the key cannot be asked for
}

func (i *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	listings := make([]listing, len(i.storages))
	for n, s := range i.storages {
		var err error
		if listings[n], err = list(r.Context(), s); err != nil {
			i.logger.Error("list", "storage", s.Name, "error", err)
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

// link is the path of an object, each segment escaped once; "" for a key that the storage refuses.
func link(name, key string) string {
	if blobdownload.CanonicalKey(key) != nil {
		return ""
	}
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "/b/" + url.PathEscape(name) + "/" + strings.Join(segments, "/")
}
