// Package site is an application for the tables of package conformance. It uses the public packages only.
package site

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Site serves fixtures from a storage.
type Site struct {
	// Optimizer is the optimizer of /files/. A nil Optimizer streams. It must be set before Handler is called.
	Optimizer blobdownload.Optimizer

	storage *blobdownload.Storage
	root    string // prefix of X-Sendfile paths
	records map[string]record
}

// record is the metadata of a file in the application's database.
type record struct {
	known  wrapper.Info // has the digest, which the storage does not have
	etag   string       // replaces that of the storage
	header http.Header
}

// New writes the fixtures to an empty storage and returns their site. It returns in the next second, when their
// dates are strong validators (RFC 9110 section 8.8.2.2).
func New(ctx context.Context, s *blobdownload.Storage, root string, fixtures []conformance.Fixture) (*Site, error) {
	site := &Site{storage: s, root: root, records: map[string]record{}}
	for i := range fixtures {
		f := &fixtures[i]
		content := f.Bytes()
		err := s.Bucket.WriteAll(ctx, f.Name, content, &blob.WriterOptions{ContentType: f.ContentType})
		if err != nil {
			return nil, fmt.Errorf("fixture %q: %w", f.Name, err)
		}
		sum := sha256.Sum256(content)
		r := record{etag: f.ETag}
		r.known.Digests = []wrapper.Digest{{Algorithm: "sha-256", Sum: sum[:]}}
		if f.Name == "cached.txt" {
			r.header = http.Header{"Cache-Control": {"public, max-age=3600"}, "Vary": {"Accept-Language"}}
		}
		site.records[f.Name] = r
	}
	select {
	case <-time.After(time.Until(time.Now().Truncate(time.Second).Add(time.Second + 10*time.Millisecond))):
		return site, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Handler returns the handler of all paths.
func (s *Site) Handler() http.Handler {
	// Errors of the client are expected, so nothing is logged.
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	mux := http.NewServeMux()
	files := &blobdownload.Server{Optimizer: s.Optimizer, Logger: server.Logger}
	mux.Handle("/files/{name...}", files.Handler(s.file))
	mux.Handle("/attachment", server.Handler(attachment))
	for _, o := range s.offloads() {
		offloading := &blobdownload.Server{Optimizer: o.optimizer, Logger: server.Logger}
		mux.Handle(o.path+"{name...}", offloading.Handler(o.view))
	}
	return clean(mux)
}

// file is the view of a fixture.
func (s *Site) file(r *http.Request) (*blobdownload.Download, error) {
	name := r.PathValue("name")
	record := s.records[name]
	f := s.storage.File(name).WithInfo(record.known)
	if record.etag != "" {
		f = wrapper.New(name, tagged{f, record.etag}).WithStore(s.storage.Name).WithInfo(record.known)
	}
	return &blobdownload.Download{File: f, Header: record.header}, nil
}

// attachment is the view of a small file with the name and type of the query. The media type of an .html name is
// text/html, with a sandbox policy.
func attachment(r *http.Request) (*blobdownload.Download, error) {
	q := r.URL.Query()
	f := wrapper.Bytes("attachment", []byte("offered under another name\n"))
	contentType := "text/plain; charset=utf-8"
	if strings.HasSuffix(q.Get("filename"), ".html") {
		contentType = "text/html; charset=utf-8"
	}
	return &blobdownload.Download{
		File:        f,
		Filename:    q.Get("filename"),
		ContentType: contentType,
		Inline:      q.Get("type") == "inline",
		Sandbox:     "default-src 'none'; sandbox",
	}, nil
}

// clean returns 404 for a path with a dot segment or an empty segment. http.ServeMux would redirect.
func clean(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.EscapedPath(); path.Clean(p) != strings.TrimSuffix(p, "/") {
			quiet := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
			quiet.Error(w, r, &blobdownload.StatusError{Status: http.StatusNotFound})
			return
		}
		next.ServeHTTP(w, r)
	})
}
