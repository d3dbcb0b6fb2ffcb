package proxy

import (
	"crypto/subtle"
	"net/http"
	"net/netip"
	"slices"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// ClientMatch describes who a request came from. What is set must hold together.
type ClientMatch struct {
	// Networks hold the address of the connection: that of the front server where there is one. Fields
	// such as X-Forwarded-For, which anybody can send, are not looked at.
	Networks []netip.Prefix

	// Header and Value are a field that the front server adds to every request, and its value: a proof
	// that an answer passes it on its way back. Choose a value that nobody guesses.
	Header, Value string
}

// ForClient matches requests from these clients: with it, a handler that can also be reached without its
// front server never tells a stranger where files lie.
func ForClient(clients ...ClientMatch) Rule { return forClient(clients) }

type forClient []ClientMatch

func (all forClient) Match(r *http.Request, _ *blobdownload.Download) bool {
	return slices.ContainsFunc(all, func(c ClientMatch) bool { return c.match(r) })
}

func (c *ClientMatch) match(r *http.Request) bool {
	if c.Header != "" {
		values := r.Header.Values(c.Header)
		if len(values) != 1 || subtle.ConstantTimeCompare([]byte(values[0]), []byte(c.Value)) != 1 {
			return false
		}
	}
	if len(c.Networks) == 0 {
		return c.Header != ""
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr := peer.Addr().Unmap().WithZone("")
	return slices.ContainsFunc(c.Networks, func(n netip.Prefix) bool { return n.Contains(addr) })
}

func (all forClient) Validate() error {
	if len(all) == 0 {
		return fault("ForClient", "no client can never match")
	}
	for i, c := range all {
		switch {
		case c.Header == "" && c.Value == "" && len(c.Networks) == 0:
			return fault("ForClient", "[%d]: neither Networks nor Header is set: it can never match", i)
		case (c.Header == "") != (c.Value == ""):
			return fault("ForClient", "[%d]: Header and Value must be set together", i)
		case c.Header != "" && !token.MatchString(c.Header):
			return fault("ForClient", "[%d].Header %q is not the name of a field: it can never match", i, c.Header)
		}
		for _, n := range c.Networks {
			if !n.IsValid() || n.Addr().Is4In6() {
				return fault("ForClient", "[%d].Networks: %v is not a network: it can never match", i, n)
			}
		}
	}
	return nil
}
