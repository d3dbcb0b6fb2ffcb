package wrapper

import (
	"container/list"
	"sync"
	"time"
)

// InfoCache caches the metadata of the objects of buckets, so that HEAD, 304, 412 and 416 for an object in the cache cost
// no request. A download with stale metadata is planned again from the storage's current version. Until an entry expires,
// a 304 or a HEAD may be for content that was replaced. A cache may be shared by many files, buckets and goroutines:
// entries are keyed by [Location], which holds the bucket's identity. Metadata of WithInfo is not cached, and neither is a
// version that WithInfo or WithVersion names. Make one with [NewInfoCache].
type InfoCache struct {
	max int
	ttl time.Duration

	mu      sync.Mutex
	entries map[Location]*list.Element
	recent  *list.List // of *cacheEntry, most recently used first
}

type cacheEntry struct {
	at      Location
	info    Info
	expires time.Time
}

// NewInfoCache returns a cache of at most so many entries, each for at most ttl. The least recently used entry is evicted.
// With 0 entries, or a ttl of 0, it caches nothing. entries must not be negative.
func NewInfoCache(entries int, ttl time.Duration) *InfoCache {
	return &InfoCache{max: entries, ttl: ttl, entries: map[Location]*list.Element{}, recent: list.New()}
}

// WithInfoCache returns the file with its metadata cached in c under its Location; nil caches nothing. A file without a
// Location.Bucket is not cached.
func (f *File) WithInfoCache(c *InfoCache) *File {
	cp := *f
	cp.cache = c
	return &cp
}

// infoCache returns the cache of the file, or nil if the file has no identity or is not the current version.
func (f *File) infoCache() *InfoCache {
	if f.loc.Bucket == "" || f.known.Version != "" || f.pin != "" {
		return nil
	}
	return f.cache
}

func (c *InfoCache) get(at Location) (Info, bool) {
	if c == nil {
		return Info{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[at]
	if !ok {
		return Info{}, false
	}
	r := e.Value.(*cacheEntry)
	if time.Now().After(r.expires) {
		c.remove(e)
		return Info{}, false
	}
	c.recent.MoveToFront(e)
	return r.info, true
}

// put caches the metadata of a response. It keeps what an earlier response for this version had in addition: a 206, for
// example, has no checksum.
func (c *InfoCache) put(at Location, info *Info) {
	if c == nil || info.Size < 0 {
		return
	}
	entry := &cacheEntry{at, *info, time.Now().Add(c.ttl)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[at]; ok {
		if old := &e.Value.(*cacheEntry).info; info.samePin(old) && !info.contradicts(old) {
			entry.info = *old
			entry.info.overlay(info)
		}
		c.remove(e)
	}
	c.entries[at] = c.recent.PushFront(entry)
	for c.recent.Len() > c.max {
		c.remove(c.recent.Back())
	}
}

func (c *InfoCache) forget(at Location) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[at]; ok {
		c.remove(e)
	}
}

func (c *InfoCache) remove(e *list.Element) {
	delete(c.entries, e.Value.(*cacheEntry).at)
	c.recent.Remove(e)
}
