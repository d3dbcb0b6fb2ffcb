package site

import (
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/fields"
)

// View returns the view of the site's pages and assets. The path of the request is that below http.StripPrefix. A path
// that is not canonical is redirected to the one that is, with a *blobdownload.StatusError of status 308.
//
// The page at "d" is the object d, d.html or d/index.html, the first that exists; the page at "d/" is d/index.html or
// d.html. A page is served at one path: d/index.html at "d/", and d.html at "d".
//
//	mux.Handle("/", server.Handler(s.View()))
func (s *Site) View() blobdownload.View {
	if err := s.validate(); err != nil {
		err = &blobdownload.StatusError{Status: http.StatusInternalServerError, Err: err}
		return func(*http.Request) (*blobdownload.Download, error) { return nil, err }
	}
	return func(r *http.Request) (*blobdownload.Download, error) {
		path, ok := pathOf(r.URL)
		if !ok || !s.Hidden && isHidden(path) {
			return nil, errNotFound
		}
		k, err := s.current(r.Context())
		if err != nil {
			return nil, err
		}
		key, canonical, ok := k.find(path)
		switch {
		case ok && canonical != path:
			return nil, redirect(withQuery(reference(path, canonical), r.URL.RawQuery))
		case ok:
			return s.download(k, key), nil
		case s.Fallback != "" && isNavigation(r, path):
			return s.fallback(k), nil
		case isAsset(path):
			return s.download(k, path), nil
		default:
			return nil, errNotFound
		}
	}
}

var errNotFound = fmt.Errorf("site: no page at this path: %w", fs.ErrNotExist)

// isAsset reports whether a path is that of a file with an extension. If its key is not listed, its object is requested: a
// page that was deployed since the last listing refers to assets that are as new.
func isAsset(path string) bool {
	return strings.Contains(path[strings.LastIndexByte(path, '/')+1:], ".")
}

// redirect returns the error that Server answers with a redirect.
func redirect(location string) error {
	return &blobdownload.StatusError{
		Status: http.StatusPermanentRedirect,
		Err:    fmt.Errorf("site: redirect to the canonical path %q", location),
		Header: http.Header{"Location": {location}},
	}
}

// revalidated is the cache policy of everything without a hash in its name.
const revalidated = "no-cache"

func (s *Site) download(k *keys, key string) *blobdownload.Download {
	d := s.describe(k, key)
	if immutable := s.Immutable; immutable == nil && blobdownload.Fingerprinted(key) || immutable != nil && immutable(key) {
		fields.SetDefault(d.Header, "Cache-Control", blobdownload.Immutable(d))
	}
	fields.SetDefault(d.Header, "Cache-Control", revalidated)
	return d
}

// fallback returns the download of the fallback page, which depends on Accept.
func (s *Site) fallback(k *keys) *blobdownload.Download {
	d := s.describe(k, s.Fallback)
	d.Header.Add("Vary", "Accept")
	fields.SetDefault(d.Header, "Cache-Control", revalidated)
	return d
}

// describe returns the download of a key. A page is shown as it is: without Content-Disposition, and with no other
// Content-Security-Policy than the site's own.
func (s *Site) describe(k *keys, key string) *blobdownload.Download {
	h := fields.Canonical(s.Header).Clone()
	if h == nil {
		h = http.Header{}
	}
	for _, field := range []string{"Content-Disposition", "Content-Security-Policy"} {
		if _, ok := h[field]; !ok {
			h[field] = nil
		}
	}
	return &blobdownload.Download{File: s.Storage.File(s.Prefix + key), Inline: true, Header: h, Variants: s.variants(k, key)}
}

// codings are the content codings of variants and the suffixes of their keys, in the order of preference.
var codings = [...]struct{ name, suffix string }{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}

// variants returns the variants of an object that the site has.
func (s *Site) variants(k *keys, key string) (all []blobdownload.Variant) {
	for _, c := range codings {
		if k.has(key + c.suffix) {
			all = append(all, blobdownload.Variant{Coding: c.name, File: s.Storage.File(s.Prefix + key + c.suffix)})
		}
	}
	return all
}
