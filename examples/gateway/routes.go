package main

import (
	"errors"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// newHandler routes requests to the storages; there is at least one.
func newHandler(storages blobdownload.Storages, optimizer blobdownload.Optimizer, logger *slog.Logger) http.Handler {
	server := &blobdownload.Server{Optimizer: optimizer, Logger: logger}

	first := blobdownload.StorageView(storages[0], blobdownload.PathValue("key"))
	named := func(r *http.Request) (*blobdownload.Download, error) {
		s := storages.Get(r.PathValue("name"))
		if s == nil {
			return nil, errNoSuchPath
		}
		return blobdownload.StorageView(s, blobdownload.PathValue("key"))(r)
	}

	mux := http.NewServeMux()
	mux.Handle("/files/{key...}", server.Handler(inlineOnDemand(first)))
	mux.Handle("/b/{name}/{key...}", server.Handler(inlineOnDemand(named)))
	mux.Handle("/healthz", &health{storages: storages, logger: logger})
	mux.Handle("GET /{$}", &index{storages: storages, logger: logger})
	none := server.Handler(nothing)
	for _, pattern := range []string{"/", "/files", "/b/{name}"} { // ServeMux would redirect the last two
		mux.Handle(pattern, none)
	}
	return refuseUnclean(mux, none)
}

var errNoSuchPath = &blobdownload.StatusError{Status: http.StatusNotFound, Err: errors.New("no such path")}

func nothing(*http.Request) (*blobdownload.Download, error) { return nil, errNoSuchPath }

// inlineOnDemand makes a download inline if the request has ?inline=1.
func inlineOnDemand(v blobdownload.View) blobdownload.View {
	return v.With(func(r *http.Request, d *blobdownload.Download) error {
		d.Inline = r.URL.Query().Get("inline") == "1"
		return nil
	})
}

// refuseUnclean passes a request whose path has an empty or a dot segment to refusal. http.ServeMux would redirect it to
// another path, which is another key.
func refuseUnclean(next, refusal http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.EscapedPath()
		if p != "/" && path.Clean(p) != strings.TrimSuffix(p, "/") {
			refusal.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
