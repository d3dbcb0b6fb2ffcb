package proxy

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// ClientMatch describes the peer of a request. All fields that are set must match.
type ClientMatch struct {
	// Networks contain the address of the connection: the reverse proxy's, if there is one. Fields such as
	// X-Forwarded-For are ignored, since any client can send them.
	Networks []netip.Prefix

	// Header and Value are a field that the reverse proxy adds to every request, and its value. The field proves that
	// the response passes the proxy. The value is a secret.
	Header, Value string
}

// ForClient matches requests from these clients. It keeps locations of files from clients that reach the application
// without its reverse proxy.
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

func (all forClient) validate(parent string) error {
	if len(all) == 0 {
		return fault(parent+"ForClient", "no client can never match")
	}
	for i, c := range all {
		of := fmt.Sprintf("%sForClient[%d]", parent, i)
		switch {
		case c.Header == "" && c.Value == "" && len(c.Networks) == 0:
			return fault(of, "can never match: neither Networks nor Header is set")
		case (c.Header == "") != (c.Value == ""):
			return fault(of, "Header and Value must be set together")
		case c.Header != "" && !token.MatchString(c.Header):
			return fault(of+".Header", "%q can never match: it is not a field name", c.Header)
		}
		for _, n := range c.Networks {
			if !n.IsValid() || n.Addr().Is4In6() {
				return fault(of+".Networks", "%v can never match: it is not a network", n)
			}
		}
	}
	return nil
}
