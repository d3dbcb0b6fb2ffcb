package guard_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/guard"
)

// SF2, SF4, SF5, SF6.
func TestControlRejectsSpecialAddresses(t *testing.T) {
	t.Parallel()
	refused := []string{
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2", "192.0.0.192", "168.63.129.16", "198.18.0.1",
		"224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.7",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:168.63.129.16", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo",
		"fe80::1%25lo", "2606:4700::1%eth0", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "5f00::1", "4000::1",
	}
	var o guard.Options
	for _, a := range refused {
		for _, network := range []string{"tcp4", "tcp6"} {
			assert.ErrorIs(t, o.Control(network, net.JoinHostPort(a, "443"), nil), guard.ErrAddress, a)
		}
	}
	for _, a := range []string{"93.184.215.14:443", "93.184.215.14:80", "[2606:4700:4700::1111]:443", "[::ffff:93.184.215.14]:443"} {
		assert.NoError(t, o.Control("tcp4", a, nil), a)
	}
	for _, a := range []string{"93.184.215.14:22", "93.184.215.14:8080", "93.184.215.14:0", "93.184.215.14", "example.com:443", "/run/docker.sock", ""} {
		assert.ErrorIs(t, o.Control("tcp4", a, nil), guard.ErrAddress, a)
	}
	for _, network := range []string{"unix", "udp4", "ip", "tcp", ""} {
		assert.ErrorIs(t, o.Control(network, "93.184.215.14:443", nil), guard.ErrAddress, network)
	}
}

func TestControlAcceptsAllowedNetworksAndPorts(t *testing.T) {
	t.Parallel()
	o := guard.Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")},
		Ports: []uint16{9000},
	}
	for address, want := range map[string]bool{
		"10.1.2.3:9000": true, "[::ffff:10.1.2.3]:9000": true, "[fd00:1::5]:9000": true, "93.184.215.14:9000": true,
		"10.2.0.1:9000": false, "10.1.2.3:80": false, "[fd00:2::5]:9000": false, "[fd00:1::5%eth0]:9000": false,
	} {
		assert.Equal(t, want, o.Control("tcp4", address, nil) == nil, address)
	}
}

// SF12.
func TestClientHasNoProxy(t *testing.T) {
	t.Parallel()
	transport, ok := guard.NewClient(guard.Options{}).Transport.(*guard.Transport)
	require.True(t, ok)
	assert.Nil(t, transport.Proxy)
}
