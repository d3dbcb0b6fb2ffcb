package wrapper

import (
	"container/list"
	"sync"
	"time"
)

// InfoCache remembers descriptions of files for a while, so that HEAD, 304, 412 and 416 for a file seen
// lately cost no trip. A download pinned to a description that is no longer true is answered anew from
// the storage; until a description expires, a 304 may speak of content that has been replaced. It may
// be used by many goroutines at once.
type InfoCache struct {
	max int
	ttl time.Duration

	mu      sync.Mutex
	entries map[Location]*list.Element
	recent  *list.List // of *rememberedInfo, the latest used first
}

type rememberedInfo struct {
	at      Location
	info    Info
	expires time.Time
}

// NewInfoCache returns a cache of at most so many descriptions, each for at most the given time.
func NewInfoCache(most int, ttl time.Duration) *InfoCache {
	return &InfoCache{max: most, ttl: ttl, entries: map[Location]*list.Element{}, recent: list.New()}
}

// WithInfoCache returns the file with its description kept in a cache, under its Location.
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
	r := e.Value.(*rememberedInfo)
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
	c.entries[at] = c.recent.PushFront(&rememberedInfo{at, info, time.Now().Add(c.ttl)})
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
	delete(c.entries, e.Value.(*rememberedInfo).at)
	c.recent.Remove(e)
}
