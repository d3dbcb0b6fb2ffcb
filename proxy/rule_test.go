package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestRulesMatch(t *testing.T) {
	t.Parallel()
	small, big := wrapper.Bytes("a.txt", make([]byte, 10)), wrapper.Bytes("a.mp4", make([]byte, 100))
	for _, tc := range []struct {
		name string
		rule proxy.Rule
		d    *blobdownload.Download
		want bool
	}{
		{"in store", proxy.InStore("a", "docs"), object("docs", "k"), true},
		{"in another", proxy.InStore("a"), object("docs", "k"), false},
		{"no location", proxy.UnderPrefix("a/"), &blobdownload.Download{File: small}, false},
		{"under", proxy.UnderPrefix("b/", "a/"), object("docs", "a/k"), true},
		{"prefix of a name", proxy.UnderPrefix("a/"), object("docs", "a-private/k"), false},
		{"large", proxy.AtLeast(100), &blobdownload.Download{File: big}, true},
		{"small", proxy.AtLeast(100), &blobdownload.Download{File: small}, false},
		{"known size costs no request", proxy.AtLeast(100), &blobdownload.Download{File: object("docs", "k").File.WithInfo(wrapper.Info{Size: 100})}, true},
		{"missing", proxy.AtLeast(1), &blobdownload.Download{File: wrapper.Invalid("k", assert.AnError)}, false},
		{"type", proxy.ForType("text/plain"), &blobdownload.Download{File: small}, true},
		{"kind", proxy.ForType("video/*"), &blobdownload.Download{File: big}, true},
		{"other type", proxy.ForType("video/*", "text/html"), &blobdownload.Download{File: small}, false},
		{"type of the download", proxy.ForType("video/*"), &blobdownload.Download{File: small, ContentType: "Video/MP4; a=b"}, true},
		{"known type", proxy.ForType("image/png"), &blobdownload.Download{File: object("docs", "k").File.WithInfo(wrapper.Info{ContentType: "image/png"})}, true},
		{"function", proxy.RuleFunc(func(*http.Request, *blobdownload.Download) bool { return true }), object("docs", "k"), true},
	} {
		assert.Equal(t, tc.want, tc.rule.Match(getRequest, tc.d), tc.name)
	}
}

// XA30: a client that bypasses the proxy gets no location of a file.
func TestForClientMatchesOnlyTheProxy(t *testing.T) {
	t.Parallel()
	proof := proxy.ClientMatch{Header: "X-Edge-Proof", Value: "secret"}
	network := proxy.ClientMatch{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	both := proxy.ClientMatch{Networks: network.Networks, Header: proof.Header, Value: proof.Value}
	for _, tc := range []struct {
		name   string
		client proxy.ClientMatch
		peer   string
		values []string
		want   bool
	}{
		{"proof", proof, "1.2.3.4:5", []string{"secret"}, true},
		{"no proof", proof, "1.2.3.4:5", nil, false},
		{"wrong proof", proof, "1.2.3.4:5", []string{"Secret"}, false},
		{"two proofs", proof, "1.2.3.4:5", []string{"secret", "secret"}, false},
		{"network", network, "10.1.2.3:5", nil, true},
		{"IPv4-mapped", network, "[::ffff:10.1.2.3]:5", nil, true},
		{"IPv6", network, "[::1]:5", nil, true},
		{"another network", network, "11.1.2.3:5", nil, false},
		{"no address", network, "@", nil, false},
		{"both", both, "10.1.2.3:5", []string{"secret"}, true},
		{"one of both", both, "11.1.2.3:5", []string{"secret"}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = tc.peer
		r.Header["X-Edge-Proof"] = tc.values
		r.Header.Set("X-Forwarded-For", "10.1.2.3")
		o := proxy.When(&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}, proxy.ForClient(tc.client))
		require.NoError(t, proxy.Validate(o))
		assert.Equal(t, tc.want, redirected(t, o, "docs", "k", "X-Accel-Redirect", r) != "", tc.name)
	}
}
