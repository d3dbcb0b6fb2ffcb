package wrapper

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ClientOptions configure [NewGuardedClient]. The zero value allows public addresses on ports 80 and 443 only.
type ClientOptions struct {
	// Allow are networks outside the public internet that may be connected to: private, loopback or link-local ones.
	Allow []netip.Prefix

	// Ports that may be connected to. nil means 80 and 443.
	Ports []uint16

	// Redirects is how many redirects in a row are followed. Each hop is checked like the first URL, none leads from
	// https to http, and none gets a field that the first request did not have. 0: a redirect is an UpstreamError.
	Redirects int

	// MaxSize is the limit of a response body in bytes, as received and as decoded by a server. A response with a larger
	// Content-Length is not read. 0 means 1 GiB, a negative number no limit.
	MaxSize int64

	// HeaderTimeout is the limit for connecting, and then for the response header. 0 means 10 seconds. The limit for a
	// body is ReadOptions.StallTimeout.
	HeaderTimeout time.Duration

	// Timeout is the limit for one response from the connection to the last byte. 0 means an hour, a negative number
	// no limit.
	Timeout time.Duration

	// RootCAs verify the certificate of the server. nil means those of the system.
	RootCAs *x509.CertPool

	// Resolver looks up names. nil means that of the system.
	Resolver *net.Resolver
}

// defaultMaxSize replaces a MaxSize of 0.
const defaultMaxSize = 1 << 30

// NewGuardedClient returns a client for untrusted URLs, such as a user's input or a partner's feed. It checks the address
// of each connection after the DNS lookup (see Control). Unusual spellings of an address, redirects and DNS rebinding
// cannot bypass the check. The client uses no proxy, also if the environment names one. It stores no cookies, and decodes
// no content coding.
func NewGuardedClient(o ClientOptions) *http.Client {
	setDefault(&o.HeaderTimeout, 10*time.Second)
	setDefault(&o.Timeout, time.Hour)
	setDefault(&o.MaxSize, defaultMaxSize)
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
		Transport:     &guard{Transport: t, maxSize: max(o.MaxSize, 0)},
		CheckRedirect: o.checkRedirect,
		Timeout:       max(o.Timeout, 0),
	}
}

// guarded is the default client of URL.
var guarded = sync.OnceValue(func() *http.Client { return NewGuardedClient(ClientOptions{}) })

// ErrAddress is the error of an address or a port that ClientOptions does not allow.
var ErrAddress = errors.New("address is not allowed")

// platformAddresses are public addresses at which a cloud serves the secrets of its machines: Azure's.
var platformAddresses = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// Control rejects an address with ErrAddress unless it is public or allowed. It is the Control of a net.Dialer. It
// rejects the special-purpose networks of IANA's registries, IPv6 outside global unicast, multicast, the clouds'
// metadata services, and addresses with a zone. An IPv4 address inside an IPv6 address is checked as IPv4.
func (o ClientOptions) Control(network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || ap.Addr().Zone() != "" || network != "tcp4" && network != "tcp6" {
		return ErrAddress
	}
	var allow4, allow6 []netip.Prefix
	for _, p := range o.Allow {
		if p.Addr().Is4() {
			allow4 = append(allow4, p)
		} else {
			allow6 = append(allow6, p)
		}
	}
	opts := []ssrf.Option{
		ssrf.WithAllowedV4Prefixes(allow4...), ssrf.WithAllowedV6Prefixes(allow6...),
		ssrf.WithDeniedV4Prefixes(platformAddresses...),
	}
	if o.Ports != nil {
		opts = append(opts, ssrf.WithPorts(o.Ports...))
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	if ssrf.New(opts...).SafeAddrPort(ap) != nil || ap.Addr().IsMulticast() {
		return ErrAddress
	}
	return nil
}

// checkRedirect checks the next hop like the first URL.
func (o ClientOptions) checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	if len(via) > o.Redirects || checkURL(next.URL) != nil || last.URL.Scheme == "https" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	next.Header.Del("Referer") // the previous URL may contain a signature
	return nil
}
