package main

import (
	"embed"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assets embed.FS

// pages adds the routes of the page, and the switch between the ways of sending.
func (s *site) pages(mux *http.ServeMux) {
	s.switchModes()
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /b/{name}/{path...}", s.browse)
	mux.HandleFunc("GET /zip/{name}", s.zip)
	mux.HandleFunc("GET /sent/{id}", s.sent)
	mux.HandleFunc("GET /assets/{name}", asset)
	none := s.server.Handler(nothing)
	for _, pattern := range []string{"/b/", "/zip/", "/assets/"} {
		mux.Handle(pattern, none)
	}
}

// index lists the buckets, or leads to the only one. It sends no request to a storage.
func (s *site) index(w http.ResponseWriter, r *http.Request) {
	p := s.newPage(r)
	if len(p.Buckets) == 1 && !wantsJSON(r) {
		w.Header().Set("Location", p.Buckets[0].URL)
		w.WriteHeader(http.StatusFound)
		return
	}
	p.Index = true
	all := []jsonEntry{}
	for _, b := range p.Buckets {
		all = append(all, jsonEntry{Name: b.Name, URL: b.URL})
	}
	s.write(w, r, p, map[string]any{"buckets": all})
}

// browse responds with the page of a folder, whose path ends in a slash, or of a file.
func (s *site) browse(w http.ResponseWriter, r *http.Request) {
	b, path := s.visible(r, r.PathValue("name")), r.PathValue("path")
	switch {
	case b == nil:
		p := s.newPage(r)
		p.Notice = notFound(link{"All buckets", "/"})
		s.write(w, r, p, nil)
	case path == "" || strings.HasSuffix(path, "/"):
		s.folder(w, r, b, path)
	default:
		s.file(w, r, b, path)
	}
}

// asset responds with a file of the page itself.
func asset(w http.ResponseWriter, r *http.Request) {
	types := map[string]string{".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
	name := r.PathValue("name")
	content, err := assets.ReadFile("assets/" + name)
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)]+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(content)
}
