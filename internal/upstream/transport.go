package upstream

import (
	"net"
	"net/http"
	"time"
)

// NewTransport returns a transport of a server's pools and limits that goes by the proxy of the environment, as
// the SDKs do. It speaks HTTP/1.1 alone: parts of one object that are read at the same time are to have a
// connection each, and HTTP/2 would send them down one.
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
