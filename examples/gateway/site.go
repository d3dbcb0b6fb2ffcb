package main

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/hidden"
)

// bucketConfig is one bucket of the configuration.
type bucketConfig struct {
	Name   string // in paths, rights and metrics
	Title  string // for people; "" means Name
	URL    string
	Prefix string // of the keys that are served, with a slash at its end; "" means all keys
	Hidden bool   // keys with an element that begins with a dot are served, too
}

// servedBucket is an open bucket. Paths are the keys without Prefix.
type servedBucket struct {
	bucketConfig
	storage *blobdownload.Storage
}

// site is all that the handlers share.
type site struct {
	buckets []*servedBucket
	access  access
	server  *blobdownload.Server
	signer  *blobdownload.Signer // nil: there are no signed links
	logger  *slog.Logger

	configured blobdownload.Optimizer // of the server, without the switch of the page; set by switchModes
	sentLog    sentLog
}

// bucket returns the bucket with the name, or nil.
func (s *site) bucket(name string) *servedBucket {
	i := slices.IndexFunc(s.buckets, func(b *servedBucket) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return s.buckets[i]
}

// visible returns the bucket with the name, or nil if the user of the request has no right in it.
func (s *site) visible(r *http.Request, name string) *servedBucket {
	if !s.access.allows(r, name, "", opList) {
		return nil
	}
	return s.bucket(name)
}

// storages returns the storages of the buckets.
func (s *site) storages() (all blobdownload.Storages) {
	for _, b := range s.buckets {
		all = append(all, b.storage)
	}
	return all
}

// title returns the bucket's name for people.
func (b *servedBucket) title() string {
	switch {
	case b.Title != "":
		return b.Title
	case b.isSample():
		return "Sample"
	}
	return b.Name
}

// object returns the key of the object at a path.
func (b *servedBucket) object(path string) string { return b.Prefix + path }

// hides reports whether a path, or a folder with a slash at its end, has an element that begins with a dot.
func (b *servedBucket) hides(path string) bool {
	return !b.Hidden && hidden.Path(path)
}

// isSample reports whether the bucket is the built-in sample.
func (b *servedBucket) isSample() bool { return b.URL == "" }
