package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// linkPath is the path of signed links, before the token.
const linkPath = "/d/"

// defaultLifetime is the lifetime of a signed link whose request names none.
const defaultLifetime = 24 * time.Hour

// signedLink is the response of /sign/NAME/KEY.
type signedLink struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}

// sign responds with a signed link to a file: its URL alone, or JSON if the client accepts it. ?lifetime=1h is its lifetime.
func (s *site) sign(w http.ResponseWriter, r *http.Request) {
	link, err := s.link(r)
	if err != nil {
		s.server.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept")
	if slices.Contains(accepted(r), "application/json") {
		h.Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(link)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(link.URL + "\n"))
}

func (s *site) link(r *http.Request) (signedLink, error) {
	b, key := s.visible(r, r.PathValue("name")), r.PathValue("key")
	if b == nil || b.hides(key) || blobdownload.CanonicalKey(key) != nil || !s.access.allows(r, b.Name, key, opSign) {
		return signedLink{}, errNoSuchPath
	}
	lifetime := defaultLifetime
	if text := r.URL.Query().Get("lifetime"); text != "" {
		var err error
		if lifetime, err = time.ParseDuration(text); err != nil || lifetime <= 0 {
			return signedLink{}, &blobdownload.StatusError{Status: http.StatusBadRequest, Err: err}
		}
	}
	expires := time.Now().Add(lifetime).Truncate(time.Second)
	url, err := s.signer.Sign(blobdownload.Link{Store: b.Name, Key: b.object(key), Expires: expires})
	if err != nil {
		err = &blobdownload.StatusError{Status: http.StatusBadRequest, Err: err}
	}
	return signedLink{URL: url, Expires: expires}, err
}
