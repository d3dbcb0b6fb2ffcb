package wrapper

import (
	"container/list"
	"sync"
	"time"
)

// InfoCache caches the metadata of files, so that HEAD, 304, 412 and 416 for a file in the cache cost no request. A
// download with stale metadata is planned again from the storage's current version. Until an entry expires, a 304 or a HEAD
// may be for content that was replaced. A cache may be shared by many files, buckets and goroutines: entries are keyed by
// [Location], which holds the bucket's identity. Make one with [NewInfoCache].
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
func NewInfoCache(entries int, ttl time.Duration) *InfoCache {
	return &InfoCache{max: entries, ttl: ttl, entries: map[Location]*list.Element{}, recent: list.New()}
}

// WithInfoCache returns the file with its metadata cached in c under its Location; nil caches nothing.
func (f *File) WithInfoCache(c *InfoCache) *File {
	cp := *f
	cp.cache = c
	return &cp
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

func (c *InfoCache) put(at Location, info Info) {
	if c == nil || info.Size < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[at]; ok {
		c.remove(e)
	}
	c.entries[at] = c.recent.PushFront(&cacheEntry{at, info, time.Now().Add(c.ttl)})
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
