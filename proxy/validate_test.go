package proxy_test

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// D21: a wrong configuration fails when the program starts.
func TestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	xaccel := func(m ...proxy.Mount) *proxy.XAccel { return &proxy.XAccel{Mounts: m} }
	xsendfile := func(location string) *proxy.XSendfile {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: location}}}
	}
	valid := proxy.Mount{Store: "a", Location: "/_a/"}
	for _, tc := range []struct {
		optimizer blobdownload.Optimizer
		want      string
	}{
		{xaccel(), "proxy: XAccel.Mounts: empty"},
		{xaccel(proxy.Mount{Location: "/_a/"}), "XAccel.Mounts[0].Store: empty"},
		{xaccel(proxy.Mount{Store: "a"}), "XAccel.Mounts[0].Location: empty"},
		{xaccel(proxy.Mount{Store: "a", Prefix: "media", Location: "/_a/"}), `XAccel.Mounts[0].Prefix: "media" has no slash at its end`},
		{xaccel(proxy.Mount{Store: "a", Prefix: "../", Location: "/_a/"}), `XAccel.Mounts[0].Prefix: "../" is not the beginning of a canonical key`},
		{xaccel(proxy.Mount{Store: "a", Prefix: "/x/", Location: "/_a/"}), "Prefix"},
		{xaccel(proxy.Mount{Store: "a", Location: "_a/"}), "does not begin with a slash"},
		{xaccel(proxy.Mount{Store: "a", Location: "/_a"}), "Location: \"/_a\" has no slash at its end"},
		{xaccel(proxy.Mount{Store: "a", Location: "/"}), "is the whole site"},
		{xaccel(proxy.Mount{Store: "a", Location: "/a b/"}), "is not a plain path"},
		{xaccel(proxy.Mount{Store: "a", Location: "/a/../b/"}), "is not a plain path"},
		{xaccel(proxy.Mount{Store: "a", Location: "/_a/", Keys: 9}), "XAccel.Mounts[0].Keys: 9"},
		{xaccel(valid, proxy.Mount{Store: "a", Prefix: "x/", Location: "/_b/"}), `XAccel.Mounts[0] and [1]: Prefix "" and "x/" of Store "a" overlap`},
		{xaccel(valid, proxy.Mount{Store: "b", Location: "/_a/b/"}), `Location "/_a/" and "/_a/b/" overlap`},
		{xaccel(valid, proxy.Mount{Store: "b", Location: "/_a/"}), "overlap"},
		{&proxy.XAccel{Mounts: []proxy.Mount{valid}, Validators: 7}, "XAccel.Validators: 7"},
		{&proxy.XAccel{Mounts: []proxy.Mount{valid}, NginxHints: proxy.NginxHints{LimitRate: -1}}, "XAccel.LimitRate"},
		{&proxy.XAccel{Mounts: []proxy.Mount{valid}, NginxHints: proxy.NginxHints{Expires: time.Millisecond}}, "XAccel.Expires"},
		{&proxy.XAccel{Mounts: []proxy.Mount{valid}, NginxHints: proxy.NginxHints{Charset: "a\r\nb"}}, "XAccel.Charset"},
		{xsendfile("srv/files"), `XSendfile.Mounts[0].Location: "srv/files" is a relative path`},
		{xsendfile("/"), "is the root of the file system"},
		{xsendfile("/srv/../etc"), "is not in its shortest form"},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Header: "X-Sendfile2"}, `XSendfile.Header: "X-Sendfile2"`},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Paths: 9}, "XSendfile.Paths: 9"},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Paths: proxy.RawPaths, Validators: blobdownload.ProxyValidators}, "XSendfile.Validators"},
		{&proxy.Presign{Lifetime: proxy.Lifetime{Expiry: 500 * time.Millisecond}}, "Presign.Expiry"}, // PS6
		{&proxy.Presign{Lifetime: proxy.Lifetime{Expiry: -1}}, "Presign.Expiry"},
		{&proxy.Presign{Lifetime: proxy.Lifetime{Expiry: 8 * 24 * time.Hour}}, "Presign.Expiry"},
		{&proxy.Presign{Status: http.StatusMovedPermanently}, "Presign.Status"},
		{&proxy.Presign{Status: http.StatusPermanentRedirect}, "Presign.Status"},
		{&proxy.Presign{MaxAge: time.Hour}, "Presign.MaxAge"}, // PS2
		{&proxy.Presign{Hosts: []string{"https://x"}}, "Presign.Hosts"},
		{&proxy.XAccel{Mounts: []proxy.Mount{valid}, MaxHeader: -1}, "XAccel.MaxHeader: -1: negative"},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, MaxHeader: -1}, "XSendfile.MaxHeader"},
		{&proxy.Presign{MaxHeader: -1}, "Presign.MaxHeader"},
		{&proxy.CDN{MaxHeader: -1}, "CDN.MaxHeader"},
		{&proxy.XAccelPresigned{Location: "/_url", MaxHeader: -1}, "XAccelPresigned.MaxHeader"},
		{&proxy.XAccelPresigned{}, "XAccelPresigned.Location"},
		{&proxy.XAccelPresigned{Location: "/_url", Lifetime: proxy.Lifetime{Window: time.Millisecond}}, "XAccelPresigned.Window"},
		{&proxy.XAccelPresigned{Location: "/_url", Hosts: []string{"a/b"}}, "XAccelPresigned.Hosts"},
		{&proxy.XAccelPresigned{Location: "/_url", Validators: 7}, "XAccelPresigned.Validators"},
		{&proxy.CDN{Lifetime: proxy.Lifetime{Expiry: -1}}, "proxy: CDN.Expiry"},
		{&proxy.CDN{Status: http.StatusMovedPermanently}, "proxy: CDN.Status"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "https://cdn.example.com/x/"}}}, "CDN.Signer: nil"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "http://cdn.example.com/"}}, Signer: &proxy.CloudCDN{}}, "is not an https URL"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "https://cdn.example.com/x"}}, Signer: &proxy.CloudCDN{}}, "has no slash at its end"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "https://cdn.example.com/x/"}}, Signer: &proxy.CloudCDN{KeyName: "k"}}, "a Key of 16 bytes"},
		{&proxy.Presign{Public: blobdownload.Storages{nil}}, "proxy: Presign.Public: the storage at index 0 is nil"}, // H6
		{proxy.When(xaccel(valid)), "When: no rules"},
		{proxy.When(xaccel(valid), proxy.InStore("b")), `When.XAccel.Mounts: can never match: the rules match store "b", the mounts are of store "a"`},
		{proxy.When(xaccel(valid), proxy.InStore("a"), proxy.InStore("b")), "When.rules[1]: can never match"},
		{proxy.When(xaccel(valid), proxy.UnderPrefix("x/"), proxy.UnderPrefix("y/")), "When.rules[1]: can never match"},
		{proxy.When(xaccel(proxy.Mount{Store: "a", Prefix: "x/", Location: "/_a/"}), proxy.UnderPrefix("y/")), "can never match"},
		{proxy.When(xaccel(valid), proxy.UnderPrefix("media")), `When.rules[0].UnderPrefix: "media" has no slash at its end`},
		{proxy.When(xaccel(valid), proxy.UnderPrefix("/media/")), "no key does"},
		{proxy.When(xaccel(valid), proxy.InStore("c")), `When.rules[0]: Store "c" can never match; the storages are a, b`},
		{xaccel(proxy.Mount{Store: "c", Location: "/_c/"}), `proxy: XAccel.Mounts: Store "c" can never match`},
		{proxy.When(xaccel(valid), proxy.AtLeast(-1)), "AtLeast"},
		{proxy.When(xaccel(valid), proxy.ForType("video")), `ForType: "video" can never match; want a media type`},
		{proxy.When(xaccel(valid), proxy.ForType("*/*")), "ForType"},
		{proxy.When(xaccel(valid), proxy.ForClient(proxy.ClientMatch{})), "ForClient[0]: can never match: neither Networks nor Header"},
		{proxy.When(xaccel(valid), proxy.ForClient(proxy.ClientMatch{Header: "X-Proof"})), "Header and Value must be set together"},
		{proxy.When(xaccel(valid), proxy.ForClient(proxy.ClientMatch{Networks: []netip.Prefix{{}}})), "is not a network"},
		{proxy.First(xaccel(valid), xaccel()), "proxy: First[1].XAccel.Mounts: empty"},
		{proxy.First(), "proxy: First: empty"},
		{proxy.When(proxy.First(), proxy.InStore("a")), "proxy: When.First: empty"},
		{proxy.First(xaccel(valid), proxy.First()), "proxy: First[1].First: empty"},
		{proxy.When(xaccel(valid), proxy.UnderPrefix("../x/")), `UnderPrefix: "../x/" can never match: it has a dot segment`},
		{proxy.When(xaccel(valid), proxy.UnderPrefix("x/./")), `UnderPrefix: "x/./" can never match: it has a dot segment`},
		{nil, "proxy: Optimizer: nil"},
	} {
		err := proxy.Validate(tc.optimizer, "a", "b")
		require.Error(t, err, tc.want)
		assert.Contains(t, err.Error(), tc.want)
	}
	for _, o := range []blobdownload.Optimizer{
		xaccel(valid, proxy.Mount{Store: "b", Location: "/_b/"}), xsendfile("/srv/files"), &proxy.Presign{},
		xaccel(proxy.Mount{Store: "a", Prefix: "x/", Location: "/_x/"}, proxy.Mount{Store: "a", Prefix: "y/", Location: "/_y/"}),
		proxy.First(proxy.When(xaccel(valid), proxy.InStore("a", "b"), proxy.UnderPrefix("x/"), proxy.ForType("video/*", "application/pdf")), &proxy.Presign{}),
		&proxy.XAccelPresigned{Location: "/_url"},
	} {
		require.NoError(t, proxy.Validate(o, "a", "b"))
	}
	_, err := xaccel().Optimize(nil, object("a", "k"))
	require.Error(t, err, "an invalid configuration is not used")
}
