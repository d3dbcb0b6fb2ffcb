package guard

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Options are wrapper.ClientOptions, whose comments define them.
type Options struct {
	Allow         []netip.Prefix
	Ports         []uint16
	Redirects     int
	MaxSize       int64
	HeaderTimeout time.Duration
	Timeout       time.Duration
	RootCAs       *x509.CertPool
	Resolver      *net.Resolver
}

// defaultMaxSize replaces a MaxSize of 0.
const defaultMaxSize = 1 << 30

// NewClient is wrapper.NewGuardedClient.
func NewClient(o Options) *http.Client {
	o.HeaderTimeout = cmp.Or(o.HeaderTimeout, 10*time.Second)
	o.Timeout = cmp.Or(o.Timeout, time.Hour)
	d := &net.Dialer{
		Timeout:  o.HeaderTimeout,
		Resolver: o.Resolver,
		Control:  o.Control,
	}
	t := &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    o.HeaderTimeout,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
	}
	return &http.Client{
		Transport:     &Transport{Transport: t, MaxSize: max(cmp.Or(o.MaxSize, defaultMaxSize), 0)},
		CheckRedirect: o.checkRedirect,
		Timeout:       max(o.Timeout, 0),
	}
}

// checkRedirect checks the next hop like the first URL.
func (o Options) checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	if len(via) > o.Redirects || CheckURL(next.URL) != nil || last.URL.Scheme == "https" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	next.Header.Del("Referer") // the previous URL may contain a signature
	return nil
}
