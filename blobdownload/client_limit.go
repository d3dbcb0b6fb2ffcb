package blobdownload

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ClientLimit bounds the number of streamed downloads in flight. Offloaded downloads do not count. Its zero value
// has no bounds. It may be shared by servers and must not be copied after first use.
type ClientLimit struct {
	// PerClient is the maximum for one client; a further download is rejected with 429. 0 means no maximum. A
	// download manager opens 4 to 16 connections for one file.
	PerClient int

	// Total is the maximum for all clients; a further download is rejected with 503. 0 means no maximum.
	Total int

	// Client returns the key of a request's client. An empty key exempts the request from PerClient. nil means
	// the address of the connection, for IPv6 its /64 network: behind a reverse proxy that is the proxy's.
	Client func(r *http.Request) string

	// RetryAfter is the Retry-After of a rejected request, rounded up to seconds. 0 means 10 seconds.
	RetryAfter time.Duration

	mu      sync.Mutex
	total   int
	clients map[string]int
}

var (
	errClientBusy = errors.New("client has as many downloads in flight as allowed")
	errServerBusy = errors.New("server has as many downloads in flight as allowed")
)

// acquire counts a download in until release is called, or returns a 429 or 503.
func (l *ClientLimit) acquire(r *http.Request) (release func(), err error) {
	client := addressOf
	if l.Client != nil {
		client = l.Client
	}
	key := client(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.PerClient > 0 && key != "" && l.clients[key] >= l.PerClient {
		return nil, l.rejection(http.StatusTooManyRequests, errClientBusy)
	}
	if l.Total > 0 && l.total >= l.Total {
		return nil, l.rejection(http.StatusServiceUnavailable, errServerBusy)
	}
	if l.clients == nil {
		l.clients = map[string]int{}
	}
	l.total++
	l.clients[key]++
	return func() { l.release(key) }, nil
}

func (l *ClientLimit) release(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	l.clients[key]--
	if l.clients[key] == 0 {
		delete(l.clients, key)
	}
}

func (l *ClientLimit) rejection(code int, err error) error {
	after := l.RetryAfter
	if after <= 0 {
		after = 10 * time.Second
	}
	return &StatusError{Status: code, Err: err, Header: retryAfter(after)}
}

// retryAfter returns Retry-After with a duration, rounded up to seconds (RFC 9110 section 10.2.3).
func retryAfter(d time.Duration) http.Header {
	return http.Header{"Retry-After": {strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)}}
}

// addressOf returns the address of a request's connection, for IPv6 its /64 network. It has no port if middleware has set it
// to a client's address in X-Forwarded-For.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = strings.Trim(r.RemoteAddr, "[]")
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host // of a unix socket
	}
	if ip = ip.Unmap(); ip.Is6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}
