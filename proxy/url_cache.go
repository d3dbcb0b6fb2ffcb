package proxy

import (
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// objectKey is everything that a storage's signed URL depends on.
type objectKey struct {
	object                   wrapper.Location // with the identity of the bucket: storages may share a name
	version                  string
	contentType, disposition string // as sent to the client
	cacheControl             string // of the download, before it is limited
	window                   int64  // its first second, as Unix time
}

func keyOf(d *blobdownload.Download, storedType, version string, window time.Time) objectKey {
	k := objectKey{object: d.File.Location(), version: version, cacheControl: d.CacheControl(), window: window.Unix()}
	k.contentType, k.disposition = d.Offer(storedType)
	return k
}

// cdnKey is everything that a CDN's signed URL depends on.
type cdnKey struct {
	target  string // the URL without its signature
	expires int64  // Unix time
}

// urlCacheSize is the number of URLs in one generation of a cache. Two generations take about 8 MiB.
const urlCacheSize = 4096

// urlCache holds the URLs that were signed or used last. A full generation replaces the previous one.
type urlCache[K comparable] struct {
	mu       sync.Mutex
	now, old map[K]*signedURL
}

// get returns a URL that is still valid at a time, or nil.
func (c *urlCache[K]) get(k K, at time.Time) *signedURL {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.now[k]
	if !ok {
		if s, ok = c.old[k]; ok {
			c.add(k, s)
		}
	}
	if !ok || !s.expires.After(at) {
		return nil
	}
	return s
}

func (c *urlCache[K]) put(k K, s *signedURL) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k, s)
}

func (c *urlCache[K]) add(k K, s *signedURL) {
	if c.now == nil || len(c.now) >= urlCacheSize {
		c.old, c.now = c.now, make(map[K]*signedURL)
	}
	c.now[k] = s
}
