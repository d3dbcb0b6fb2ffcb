package wrapper

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/go-downloadview/downloadview/internal/guard"
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

// NewGuardedClient returns a client for untrusted URLs, such as a user's input or a partner's feed. It checks the address
// of each connection after the DNS lookup (see Control). Unusual spellings of an address, redirects and DNS rebinding
// cannot bypass the check. The client uses no proxy, also if the environment names one. It stores no cookies, and decodes
// no content coding.
func NewGuardedClient(o ClientOptions) *http.Client { return guard.NewClient(guard.Options(o)) }

// guarded is the default client of URL.
var guarded = sync.OnceValue(func() *http.Client { return NewGuardedClient(ClientOptions{}) })

// ErrAddress is the error of an address or a port that ClientOptions does not allow.
var ErrAddress = guard.ErrAddress

// ErrTooLarge is the error of content that is larger than a limit, such as ClientOptions.MaxSize.
var ErrTooLarge = guard.ErrTooLarge

// Control rejects an address with ErrAddress unless it is public or allowed. It is the Control of a net.Dialer. It
// rejects the special-purpose networks of IANA's registries, IPv6 outside global unicast, multicast, the clouds'
// metadata services, and addresses with a zone. An IPv4 address inside an IPv6 address is checked as IPv4.
func (o ClientOptions) Control(network, address string, _ syscall.RawConn) error {
	return guard.Options(o).Control(network, address, nil)
}
