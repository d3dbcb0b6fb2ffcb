package guard

import (
	"errors"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// ErrAddress is the error of an address or a port that Options do not allow.
var ErrAddress = errors.New("address is not allowed")

// platformAddresses are public addresses at which a cloud serves the secrets of its machines: Azure's.
var platformAddresses = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// Control rejects an address with ErrAddress unless it is public or allowed. It is the Control of a net.Dialer. It
// rejects the special-purpose networks of IANA's registries, IPv6 outside global unicast, multicast, the clouds'
// metadata services, and addresses with a zone. An IPv4 address inside an IPv6 address is checked as IPv4.
func (o Options) Control(network, address string, _ syscall.RawConn) error {
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
