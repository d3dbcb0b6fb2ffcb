package blobdownload

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// RateLimit bounds the rate of bodies, in bytes per second. One setting covers every way to send a body:
//
//   - A streamed body is delayed by token buckets of a tenth of a second.
//   - A body that nginx sends gets X-Accel-Limit-Rate, if PerDownload or ProxyConnections states what one response may use.
//   - A download that would be redirected to a storage or a CDN is streamed, because neither has a rate.
//
// Its zero value has no bounds. It may be shared by servers and downloads, must not be modified after first use and must not
// be copied.
type RateLimit struct {
	// PerDownload is the maximum rate of one response. A client with four connections gets four times the rate. 0 means
	// no maximum.
	PerDownload int64

	// PerClient is the maximum rate of all responses to one client together. 0 means no maximum.
	PerClient int64

	// PerStorage holds the maximum rates of all responses from one storage together, by Storage.Name. Downloads from these
	// storages are streamed. 0 means no maximum.
	PerStorage map[string]int64

	// ProxyConnections is the number of responses that the reverse proxy sends to one client at a time, in nginx the
	// limit_conn of docs/rates.md. With it, an offloaded response may use PerClient divided by this number. 0 means
	// unlimited: downloads with a PerClient rate are streamed.
	ProxyConnections int

	// Client returns the key of a request's client. An empty key exempts the request from PerClient. nil means the address
	// of the connection, as for [ClientLimit].
	Client func(r *http.Request) string

	mu       sync.Mutex
	clients  map[string]*clientBucket
	storages map[string]*rate.Limiter
	swept    time.Time // the last removal of idle clients
}

// clientBucket is the token bucket of a client. It outlives the client's downloads until it is full again, so that a
// client gains nothing from many short downloads.
type clientBucket struct {
	*rate.Limiter
	downloads int // in flight
}

// newBucket returns a full token bucket, of a tenth of a second.
func newBucket(perSecond int64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(perSecond), int(max(1, perSecond/10)))
}

// acquireClient returns the bucket of the request's client until release is called, or nil.
func (l *RateLimit) acquireClient(r *http.Request) (*rate.Limiter, func()) {
	key := l.client(r)
	if key == "" {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(time.Now())
	b := l.clients[key]
	if b == nil {
		b = &clientBucket{Limiter: newBucket(l.PerClient)}
		if l.clients == nil {
			l.clients = map[string]*clientBucket{}
		}
		l.clients[key] = b
	}
	b.downloads++
	return b.Limiter, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		b.downloads--
	}
}

// client returns the key of a request's client, or "" if no rate per client applies.
func (l *RateLimit) client(r *http.Request) string {
	switch {
	case l.PerClient <= 0:
		return ""
	case l.Client != nil:
		return l.Client(r)
	default:
		return addressOf(r)
	}
}

// sweep removes, at most once a second, clients without downloads whose buckets are full: a new bucket is the same.
func (l *RateLimit) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for key, b := range l.clients {
		if b.downloads == 0 && b.TokensAt(now) >= float64(b.Burst()) {
			delete(l.clients, key)
		}
	}
}

// storage returns the bucket of a storage, or nil.
func (l *RateLimit) storage(name string) *rate.Limiter {
	perSecond := l.PerStorage[name]
	if perSecond <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.storages[name]
	if b == nil {
		b = newBucket(perSecond)
		if l.storages == nil {
			l.storages = map[string]*rate.Limiter{}
		}
		l.storages[name] = b
	}
	return b
}

// rateLimits are the limits of a download: the server's and its own.
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

func (d *writeDeadline) addBucket(b *rate.Limiter) {
	if b != nil {
		d.buckets = append(d.buckets, b)
	}
}

// largestWrite returns the most that one call may send of a local file.
func (d *writeDeadline) largestWrite() int64 {
	n := int64(fileChunk)
	if d.rate > 0 {
		n = rateChunk
	}
	for _, b := range d.buckets {
		n = min(n, max(smallBuffer, int64(b.Burst())))
	}
	return n
}

// wait waits until every bucket holds n bytes, and takes them. Its error is the context's.
func (d *writeDeadline) wait(n int64) error {
	for n > 0 {
		step := n
		for _, b := range d.buckets {
			step = min(step, int64(b.Burst()))
		}
		if err := take(d.ctx, d.buckets, int(step)); err != nil {
			return err
		}
		n -= step
	}
	return nil
}

// take takes n bytes from every bucket, and waits for the slowest one. After an error it has taken none.
func take(ctx context.Context, buckets []*rate.Limiter, n int) error {
	now := time.Now()
	var longest time.Duration
	taken := make([]*rate.Reservation, len(buckets))
	for i, b := range buckets {
		taken[i] = b.ReserveN(now, n)
		longest = max(longest, taken[i].DelayFrom(now))
	}
	if longest <= 0 {
		return nil
	}
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		for _, r := range taken {
			r.Cancel()
		}
		return context.Cause(ctx)
	}
}
