package site

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Site is a static web site below a prefix of a storage. Storage is required; the zero values of the other fields are
// the usual ones. A Site may be used by many goroutines. Its fields must not change, and it must not be copied, after
// first use.
type Site struct {
	Storage *blobdownload.Storage

	// Prefix is the beginning of the site's keys, with a slash at its end: "www/". "" means the whole storage. The other
	// fields name keys without it.
	Prefix string

	// Index is the name of index documents, which are served at the path of their directory. "" means "index.html".
	Index string

	// Fallback is the key of the page for every path of a single-page application: "index.html". It is sent with status
	// 200 to a navigation without a page of its own: a request whose Accept has text/html and whose last path element has
	// no dot. "" means none; such a path is a 404.
	Fallback string

	// NotFound is the key of the page that [Site.ServeError] sends with status 404. "" means "404.html", if the site has
	// one.
	NotFound string

	// Hidden serves keys with an element that begins with a dot, too. false: they are a 404, except those below
	// ".well-known/" (RFC 8615).
	Hidden bool

	// Immutable reports whether the content of a key never changes, because its name has a hash: caches then use it for a
	// year. All other keys are revalidated on every use. nil means blobdownload.Fingerprinted.
	Immutable func(key string) bool

	// Header holds further fields of pages and assets, such as a Content-Security-Policy. They replace fields that the
	// site would set. nil means none.
	Header http.Header

	// MaxAge is the age at which the list of keys is refreshed, in the background. A list of twice the age is refreshed
	// before the next response, unless the last listing has failed. The age counts from the end of a listing. 0 means one
	// minute.
	MaxAge time.Duration

	// MaxKeys is the maximum number of objects below Prefix. Above it, every request fails with status 500. 0 means
	// 100,000.
	MaxKeys int

	// Logger receives the failures of listings. nil means slog.Default().
	Logger *slog.Logger

	lists lists
}

func (s *Site) index() string { return cmp.Or(s.Index, "index.html") }

func (s *Site) notFound() string { return cmp.Or(s.NotFound, "404.html") }

func (s *Site) maxAge() time.Duration { return cmp.Or(s.MaxAge, time.Minute) }

func (s *Site) maxKeys() int { return cmp.Or(s.MaxKeys, 100_000) }

func (s *Site) logger() *slog.Logger { return cmp.Or(s.Logger, slog.Default()) }
