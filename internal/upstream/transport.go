package upstream

import (
	"net"
	"net/http"
	"time"
)

// A server's limits of its connections to a store.
const (
	idleConnsPerHost = 256 // as many as a busy server uses, and no more than were in use at once
	headerTimeout    = 30 * time.Second
	requestBuffer    = 2 << 10 // bytes a connection holds for what it sends, which is the head of a GET
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

// Tune gives a transport a server's limits, and turns decompression off.
func Tune(t *http.Transport) {
	t.DisableCompression = true
	t.MaxIdleConns = 0
	t.WriteBufferSize = requestBuffer
	t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, idleConnsPerHost)
	if t.ResponseHeaderTimeout == 0 {
		t.ResponseHeaderTimeout = headerTimeout
	}
}
