package upstream

import (
	"net"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/splice"
)

// A server's limits of its connections to a store.
const (
	idleConnsPerHost = 256     // as many as a busy server uses, and no more than were in use at once
	requestBuffer    = 2 << 10 // bytes a connection holds for what it sends, which is the head of a GET
	responseBuffer   = 2 << 10 // for what it receives: the head of a response. A long read of the body bypasses the buffer
)

// NewTransport returns a transport with a server's limits that uses the proxy of the environment, as the SDKs do. It
// has HTTP/1.1 alone: over HTTP/2 the parts of one object that are in flight together would share a connection.
func NewTransport() *http.Transport {
	dialer := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		Protocols:           new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	Tune(t)
	return t
}

// Tune gives a transport a server's limits, and turns decompression off. The contexts of requests limit the time to a
// response: ResponseHeaderTimeout would cost a timer more for each.
func Tune(t *http.Transport) {
	t.DisableCompression = true
	t.MaxIdleConns = 0
	if t.DialContext != nil {
		t.DialContext = splice.Dial(t.DialContext)
	}
	t.WriteBufferSize, t.ReadBufferSize = requestBuffer, responseBuffer
	t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, idleConnsPerHost)
}
