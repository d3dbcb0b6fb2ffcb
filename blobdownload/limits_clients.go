package blobdownload

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// ClientLimit bounds how many downloads are sent at a time. What an optimizer hands over does not count. It may
// be shared by servers, and must not be copied once it is used.
type ClientLimit struct {
	// PerClient is the most that one client may have at a time; another is refused by 429. 0 means any
	// number. A download manager opens four to sixteen for one file.
	PerClient int

	// Total is the most that all clients together may have; another is refused by 503. 0 means any number.
	Total int

	// Client tells clients apart. nil takes the address of the connection, of IPv6 the network of 64 bits that
	// one subscriber has: behind a proxy that is the proxy's. A client called "" is not limited by itself.
	Client func(r *http.Request) string

	// RetryAfter is what a refused client is told to wait. 0 means 10 seconds.
	RetryAfter time.Duration

	mu      sync.Mutex
	total   int
	clients map[string]int
}

var (
	errClientBusy = errors.New("client has as many downloads as it may")
	errServerBusy = errors.New("server sends as many downloads as it may")
)

// enter counts a download in, or refuses it. A nil limit has none.
func (l *ClientLimit) enter(r *http.Request) (leave func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	client := addressOf
	if l.Client != nil {
		client = l.Client
	}
	key := client(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.PerClient > 0 && key != "" && l.clients[key] >= l.PerClient {
		return nil, l.refusal(http.StatusTooManyRequests, errClientBusy)
	}
	if l.Total > 0 && l.total >= l.Total {
		return nil, l.refusal(http.StatusServiceUnavailable, errServerBusy)
	}
	if l.clients == nil {
		l.clients = map[string]int{}
	}
	l.total++
	l.clients[key]++
	return func() { l.leave(key) }, nil
}

func (l *ClientLimit) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	l.clients[key]--
	if l.clients[key] == 0 {
		delete(l.clients, key)
	}
}

func (l *ClientLimit) refusal(code int, err error) error {
	after := l.RetryAfter
	if after <= 0 {
		after = 10 * time.Second
	}
	return &StatusError{Status: code, Err: err, Header: retryAfter(after)}
}

// retryAfter is the field by which a client is told to wait, in whole seconds (RFC 9110 section 10.2.3).
func retryAfter(d time.Duration) http.Header {
	return http.Header{"Retry-After": {strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)}}
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr // a unix socket's
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}
