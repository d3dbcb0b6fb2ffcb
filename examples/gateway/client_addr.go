package main

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddr returns the address of a request's client: that of the connection, or, behind trusted proxies, the last address
// in X-Forwarded-For outside of their networks. The client itself may have written all addresses before that one.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := peer(r)
	if !inside(trusted, addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := parseHop(strings.TrimSpace(hop))
		if err != nil {
			return addr
		}
		if addr = a.Unmap().WithZone(""); !inside(trusted, addr) {
			return addr
		}
	}
	return addr
}

// parseHop parses an element of X-Forwarded-For. Some proxies add the port of the connection.
func parseHop(text string) (netip.Addr, error) {
	if p, err := netip.ParseAddrPort(text); err == nil {
		return p.Addr(), nil
	}
	return netip.ParseAddr(strings.Trim(text, "[]"))
}

// peer returns the address of a request's connection.
func peer(r *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}

func inside(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(a) })
}
