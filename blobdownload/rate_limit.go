package blobdownload

import (
	"net/http"
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
	// storages are streamed. 0 means no maximum. A file that consists of others, such as an archive, a Section or a Concat, is of
	// no storage.
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
