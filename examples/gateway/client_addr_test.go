package main

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The address of a client is not chosen by the client.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct{ peer, forwarded, want, network string }{
		{"192.0.2.1:5", "", "192.0.2.1", "192.0.2.1"},
		{"192.0.2.1:5", "198.51.100.1", "192.0.2.1", "192.0.2.1"}, // from a client
		{"10.0.0.1:5", "198.51.100.1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5", "10.0.0.3", "10.0.0.3", "10.0.0.3"},
		{"10.0.0.1:5", "", "10.0.0.1", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.1, unknown", "10.0.0.1", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.1:5555", "198.51.100.1", "198.51.100.1"}, // as Azure Application Gateway writes it
		{"10.0.0.1:5", "203.0.113.9, 198.51.100.1:5555, 10.0.0.2:80", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5", "[2001:db8:1:2:3::4]:443", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"10.0.0.1:5", "[2001:db8:1:2:3::4]", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"10.0.0.1:5", "198.51.100.1:http", "10.0.0.1", "10.0.0.1"},
		{"[fd00::1]:5", "2001:db8:1:2:3::4", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:5", "", "192.0.2.1", "192.0.2.1"},
		{"[fe80::1%eth0]:5", "", "fe80::1", "fe80::/64"},
		{"@", "198.51.100.1", "invalid IP", "unknown"},
	} {
		r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		got := clientAddr(r, trusted)
		assert.Equal(t, tt.want, got.String(), "%s %s", tt.peer, tt.forwarded)
		assert.Equal(t, tt.network, clientNetwork(got), "%s %s", tt.peer, tt.forwarded)
	}
}
