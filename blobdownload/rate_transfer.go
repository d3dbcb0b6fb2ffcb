package blobdownload

import (
	"net/http"
	"strconv"
)

// rateLimits returns the limits of a download: the server's and its own.
func (t *transfer) rateLimits() (limits [2]*RateLimit) {
	if limits[0] = t.server.Rate; t.d.Rate != limits[0] {
		limits[1] = t.d.Rate
	}
	return limits
}

// limitStream adds the token buckets of the response and of its client to the writes, until release is called.
func (t *transfer) limitStream() (release func()) {
	var clients [2]func()
	for i, l := range t.rateLimits() {
		if l == nil {
			continue
		}
		if l.PerDownload > 0 {
			t.deadline.addBucket(newBucket(l.PerDownload))
		}
		b, done := l.acquireClient(t.r)
		t.deadline.addBucket(b)
		clients[i] = done
	}
	return func() {
		for _, done := range clients {
			if done != nil {
				done()
			}
		}
	}
}

// limitStorage adds the token buckets of the storage that has responded.
func (t *transfer) limitStorage() {
	for _, l := range t.rateLimits() {
		if l != nil && len(l.PerStorage) > 0 {
			t.deadline.addBucket(l.storage(t.storeName()))
		}
	}
}

// storeName returns the name of the storage that the content comes from.
func (t *transfer) storeName() string {
	f, err := t.d.File.Resolve(t.ctx)
	if err != nil {
		f = t.d.File
	}
	return f.Location().Store
}

// limitRedirect returns the redirect with the rate of the download, or nil if nothing but streaming keeps the rate.
func (t *transfer) limitRedirect(to *Redirect) *Redirect {
	var perSecond int64
	for _, l := range t.rateLimits() {
		if l == nil {
			continue
		}
		if len(l.PerStorage) > 0 && l.PerStorage[t.storeName()] > 0 {
			return nil
		}
		share := l.PerDownload
		if l.client(t.r) != "" {
			if l.ProxyConnections <= 0 {
				return nil
			}
			share = lower(share, max(1, l.PerClient/int64(l.ProxyConnections)))
		}
		perSecond = lower(perSecond, share)
	}
	if perSecond <= 0 {
		return to
	}
	if to.RateField == "" || to.status() != http.StatusOK {
		return nil
	}
	stated, _ := strconv.ParseInt(to.Header.Get(to.RateField), 10, 64)
	c := *to
	c.Header = to.Header.Clone()
	c.Header.Set(to.RateField, strconv.FormatInt(lower(stated, perSecond), 10))
	return &c
}

// lower returns the lower of two rates, of which 0 is no limit.
func lower(a, b int64) int64 {
	if a <= 0 || b <= 0 {
		return max(a, b, 0)
	}
	return min(a, b)
}
