package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// XA14, XA44, XA45, D12.
func TestXSendfileWritesPathsAsEachProxyReadsThem(t *testing.T) {
	t.Parallel()
	of := func(p proxy.PathForm) *proxy.XSendfile {
		return &proxy.XSendfile{Paths: p, Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/my files/"}}}
	}
	raw, coded := of(proxy.RawPaths), of(proxy.EscapedPaths)
	plain := &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/files"}}}
	for _, tc := range []struct{ key, raw, escaped, plain string }{
		{"a-b_c.~1", "/srv/my files/a-b_c.~1", "/srv/my%20files/a-b_c.~1", "/srv/files/a-b_c.~1"},
		{"a b", "/srv/my files/a b", "/srv/my%20files/a%20b", ""},
		{"a%20b", "/srv/my files/a%20b", "/srv/my%20files/a%2520b", ""},
		{"é", "/srv/my files/é", "/srv/my%20files/%C3%A9", ""},
		{"a+b", "/srv/my files/a+b", "/srv/my%20files/a+b", ""},
		{"tsp ", "", "/srv/my%20files/tsp%20", ""},
		{"tab\t", "", "", ""},
		{"new\nline", "", "", ""},
		{"del\x7f", "", "", ""},
		{"../etc/passwd", "", "", ""},
		{"/etc/passwd", "", "", ""},
	} {
		assert.Equal(t, tc.raw, redirected(t, raw, "docs", tc.key, "X-Sendfile", nil), "%q", tc.key)
		assert.Equal(t, tc.escaped, redirected(t, coded, "docs", tc.key, "X-Sendfile", nil), "%q", tc.key)
		assert.Equal(t, tc.plain, redirected(t, plain, "docs", tc.key, "X-Sendfile", nil), "%q", tc.key)
	}
	other := &proxy.XSendfile{Header: "X-LIGHTTPD-send-file", Mounts: plain.Mounts}
	assert.Equal(t, "/srv/files/k", redirected(t, other, "docs", "k", "X-LIGHTTPD-send-file", nil))
}

func TestXSendfileHasApplicationValidatorsByDefault(t *testing.T) {
	t.Parallel()
	o := &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: "/srv"}}}
	to, err := o.Optimize(httptest.NewRequest(http.MethodGet, "/", http.NoBody), object("docs", "k"))
	require.NoError(t, err)
	assert.Equal(t, blobdownload.AppValidators, to.Validators)
	assert.True(t, to.DropsCoding, "it may be Apache")
}
