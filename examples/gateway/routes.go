package main

import (
	"errors"
	"net/http"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/hidden"
)

// handler routes requests to the buckets.
func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/f/{name}/{key...}", s.server.Handler(s.download))
	mux.HandleFunc("GET /sign/{name}/{key...}", s.sign)
	if s.signer != nil {
		mux.Handle(linkPath+"{token}", s.signer.Require(s.server.Handler(blobdownload.LinkView(s.storages()...))))
	}
	s.pages(mux)
	none := s.server.Handler(nothing)
	for _, pattern := range []string{"/", "/f/{name}", "/sign/{name}"} { // ServeMux would redirect the last two
		mux.Handle(pattern, none)
	}
	return refuseUnclean(mux, none)
}

// errNoSuchPath is the error of paths that do not exist and of those that the user may not read.
var errNoSuchPath = &blobdownload.StatusError{Status: http.StatusNotFound, Err: errors.New("no such path")}

func nothing(*http.Request) (*blobdownload.Download, error) { return nil, errNoSuchPath }

// download is the view of /f/NAME/KEY. With ?inline=1 a browser shows the file.
func (s *site) download(r *http.Request) (*blobdownload.Download, error) {
	b, key := s.visible(r, r.PathValue("name")), r.PathValue("key")
	if b == nil || b.hides(key) && !isProbe(key) || !s.access.allows(r, b.Name, key, opRead) {
		return nil, errNoSuchPath
	}
	d, err := blobdownload.StorageView(b.storage, func(*http.Request) string { return b.object(key) })(r)
	if err == nil {
		d.Inline = r.URL.Query().Get("inline") == "1"
	}
	return d, err
}

// isProbe reports whether a path is that of an object which "gateway doctor" writes.
func isProbe(key string) bool {
	folder, name := path.Split(key)
	return strings.HasPrefix(name, ".downloadview-probe") && !hidden.Path(folder)
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
