package main

import "net/http"

// pages adds the routes of the page.
func (s *site) pages(mux *http.ServeMux) {
	mux.Handle("GET /{$}", &index{storages: s.storages(), logger: s.logger})
	none := s.server.Handler(nothing)
	for _, pattern := range []string{"/b/", "/zip/", "/assets/"} {
		mux.Handle(pattern, none)
	}
}
