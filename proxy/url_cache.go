package proxy

import (
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// urlKey is everything that a signed URL depends on.
type urlKey struct {
	loc                      wrapper.Location
	version                  string
	contentType, disposition string // as offered
	cacheControl             string
	window                   int64 // its first second
}

// urlCacheSize is how many URLs a generation of the cache holds: two generations take some 8 MiB.
const urlCacheSize = 4096

// urlCache holds the URLs that were signed last. When a generation is full, the one before it is dropped.
type urlCache struct {
	mu       sync.Mutex
	now, old map[urlKey]*signature
}

// get returns a URL that is still good at a time, or nil.
func (c *urlCache) get(k urlKey, at time.Time) *signature {
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

func (c *urlCache) put(k urlKey, s *signature) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k, s)
}

func (c *urlCache) add(k urlKey, s *signature) {
	if c.now == nil || len(c.now) >= urlCacheSize {
		c.old, c.now = c.now, make(map[urlKey]*signature)
	}
	c.now[k] = s
}
