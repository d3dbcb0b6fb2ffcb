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

// ClientOptions configure a [Client]. The zero value reaches public addresses on ports 80 and 443 alone.
type ClientOptions struct {
	// Allow are networks that may be connected to although they are private, loopback, link-local, or
	// otherwise not for the public internet.
	Allow []netip.Prefix

	// Ports that may be connected to. nil means 80 and 443.
	Ports []uint16

	// Redirects is how many in a row are followed. Each hop is checked like the first URL, none leads from
	// https to http, and none takes a field with it that the first request did not carry. 0: a
	// redirect is a failure of the remote.
	Redirects int

	// MaxSize is the most that is read of an answer, in bytes. What says that it is larger is not read at
	// all. 0 means no limit.
	MaxSize int64

	// HeaderTimeout is how long connecting, and then waiting for an answer's header, may take each. 0 means 10
	// seconds. How long a body may bring nothing is ReadOptions.StallTimeout.
	HeaderTimeout time.Duration

	// Timeout is how long one answer may take from the first byte to the last, whatever it brings. 0 means
	// an hour, a negative number no limit.
	Timeout time.Duration

	// RootCAs verify the remote's certificate. nil means those of the system.
	RootCAs *x509.CertPool

	// Resolver looks up names. nil means that of the system.
	Resolver *net.Resolver
}

// NewGuardedClient returns a client for URLs that are not trusted: what a user typed, what a partner's feed says. It
// decides on the address that a connection is about to be made to, after names were looked up, so
// that no spelling of an address, no redirect and no answer of a name server leads elsewhere (see
// Control). It uses no proxy, whatever the environment says, keeps no cookies, and decodes nothing.
func NewGuardedClient(o ClientOptions) *http.Client {
	setDefault(&o.HeaderTimeout, 10*time.Second)
	setDefault(&o.Timeout, time.Hour)
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
		Transport:     &guard{Transport: t, maxSize: o.MaxSize},
		CheckRedirect: o.checkRedirect,
		Timeout:       max(o.Timeout, 0),
	}
}

// guarded is the client of a URL that was given none.
var guarded = sync.OnceValue(func() *http.Client { return NewGuardedClient(ClientOptions{}) })

// ErrAddress says that a remote has an address, or a port, that may not be connected to.
var ErrAddress = errors.New("address is not allowed")

// platformAddresses are not in the registries of special addresses although a cloud serves its machines'
// secrets there: Azure's is a public address.
var platformAddresses = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// Control decides whether an address may be connected to: it is the Control of a net.Dialer. Refused are
// all special-purpose networks that IANA knows, everything of IPv6 that is not global unicast, multicast, the
// metadata services of the clouds, an IPv4 address inside of an IPv6 one by what it is in IPv4, and
// every address with a zone.
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

// checkRedirect has the next hop checked by what the first one was.
func (o ClientOptions) checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	if len(via) > o.Redirects || checkURL(next.URL) != nil || last.URL.Scheme == "https" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	next.Header.Del("Referer") // it would tell the last URL, signature and all
	return nil
}
