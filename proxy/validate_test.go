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

// D21: what is wrong is an error when the program starts, in words that name the field.
func TestValidate(t *testing.T) {
	t.Parallel()
	accel := func(m ...proxy.Mount) *proxy.XAccel { return &proxy.XAccel{Mounts: m} }
	send := func(at string) *proxy.XSendfile {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: at}}}
	}
	sound := proxy.Mount{Store: "a", Location: "/_a/"}
	for _, tc := range []struct {
		optimizer blobdownload.Optimizer
		want      string
	}{
		{accel(), "XAccel.Mounts is empty"},
		{accel(proxy.Mount{Location: "/_a/"}), "XAccel.Mounts[0].Store is empty"},
		{accel(proxy.Mount{Store: "a"}), "XAccel.Mounts[0].At is empty"},
		{accel(proxy.Mount{Store: "a", Prefix: "media", Location: "/_a/"}), `XAccel.Mounts[0].Prefix "media" has no slash at its end`},
		{accel(proxy.Mount{Store: "a", Prefix: "../", Location: "/_a/"}), `XAccel.Mounts[0].Prefix "../" is not the beginning of a canonical key`},
		{accel(proxy.Mount{Store: "a", Prefix: "/x/", Location: "/_a/"}), "Prefix"},
		{accel(proxy.Mount{Store: "a", Location: "_a/"}), "does not begin with a slash"},
		{accel(proxy.Mount{Store: "a", Location: "/_a"}), "At \"/_a\" has no slash at its end"},
		{accel(proxy.Mount{Store: "a", Location: "/"}), "is the whole site"},
		{accel(proxy.Mount{Store: "a", Location: "/a b/"}), "is not a plain path"},
		{accel(proxy.Mount{Store: "a", Location: "/a/../b/"}), "is not a plain path"},
		{accel(proxy.Mount{Store: "a", Location: "/_a/", Keys: 9}), "XAccel.Mounts[0].Keys is 9"},
		{accel(sound, proxy.Mount{Store: "a", Prefix: "x/", Location: "/_b/"}), `XAccel.Mounts[0] and [1]: Prefix "" and "x/" of Store "a" overlap`},
		{accel(sound, proxy.Mount{Store: "b", Location: "/_a/b/"}), `At "/_a/" and "/_a/b/" overlap`},
		{accel(sound, proxy.Mount{Store: "b", Location: "/_a/"}), "overlap"},
		{&proxy.XAccel{Mounts: []proxy.Mount{sound}, Validators: 7}, "XAccel.Validators is 7"},
		{&proxy.XAccel{Mounts: []proxy.Mount{sound}, NginxHints: proxy.NginxHints{LimitRate: -1}}, "XAccel.LimitRate"},
		{&proxy.XAccel{Mounts: []proxy.Mount{sound}, NginxHints: proxy.NginxHints{Expires: time.Millisecond}}, "XAccel.Expires"},
		{&proxy.XAccel{Mounts: []proxy.Mount{sound}, NginxHints: proxy.NginxHints{Charset: "a\r\nb"}}, "XAccel.Charset"},
		{send("srv/files"), `XSendfile.Mounts[0].At "srv/files" is a relative path`},
		{send("/"), "is the root of the file system"},
		{send("/srv/../etc"), "is not in its shortest form"},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Header: "X-Sendfile2"}, `XSendfile.Header is "X-Sendfile2"`},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Paths: 9}, "XSendfile.Paths is 9"},
		{&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "a", Location: "/srv"}}, Paths: proxy.RawPaths, Validators: blobdownload.ProxyValidators}, "XSendfile.Validators"},
		{&proxy.Presign{Expiry: 500 * time.Millisecond}, "Presign.Expiry"}, // PS6
		{&proxy.Presign{Expiry: -1}, "Presign.Expiry"},
		{&proxy.Presign{Expiry: 8 * 24 * time.Hour}, "Presign.Expiry"},
		{&proxy.Presign{Status: http.StatusMovedPermanently}, "Presign.Status"},
		{&proxy.Presign{Status: http.StatusPermanentRedirect}, "Presign.Status"},
		{&proxy.Presign{MaxAge: time.Hour}, "Presign.MaxAge"}, // PS2
		{&proxy.Presign{Hosts: []string{"https://x"}}, "Presign.Hosts"},
		{&proxy.XAccelPresigned{}, "XAccelPresigned.At"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "https://cdn.example.com/x/"}}}, "CDN.Signer is nil"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "http://cdn.example.com/"}}, Signer: &proxy.CloudCDN{}}, "is not an https URL"},
		{&proxy.CDN{Mounts: []proxy.Mount{{Store: "a", Location: "https://cdn.example.com/x"}}, Signer: &proxy.CloudCDN{}}, "has no slash at its end"},
		{proxy.When(accel(sound)), "When has no rules"},
		{proxy.When(accel(sound), proxy.InStore("b")), `can never match: the rules leave store "b", the mounts are of store "a"`},
		{proxy.When(accel(sound), proxy.InStore("a"), proxy.InStore("b")), "When rule 1 can never match"},
		{proxy.When(accel(sound), proxy.UnderPrefix("x/"), proxy.UnderPrefix("y/")), "When rule 1 can never match"},
		{proxy.When(accel(proxy.Mount{Store: "a", Prefix: "x/", Location: "/_a/"}), proxy.UnderPrefix("y/")), "can never match"},
		{proxy.When(accel(sound), proxy.UnderPrefix("media")), `UnderPrefix "media" has no slash at its end`},
		{proxy.When(accel(sound), proxy.UnderPrefix("/media/")), "no key does"},
		{proxy.When(accel(sound), proxy.InStore("c")), `Store "c" can never match: the storages are a, b`},
		{accel(proxy.Mount{Store: "c", Location: "/_c/"}), `Store "c" can never match`},
		{proxy.When(accel(sound), proxy.AtLeast(-1)), "AtLeast"},
		{proxy.When(accel(sound), proxy.ForType("video")), `ForType "video" is neither`},
		{proxy.When(accel(sound), proxy.ForType("*/*")), "ForType"},
		{proxy.When(accel(sound), proxy.ForClient(proxy.ClientMatch{})), "ForClient [0]: neither Networks nor Header"},
		{proxy.When(accel(sound), proxy.ForClient(proxy.ClientMatch{Header: "X-Proof"})), "Header and Value must be set together"},
		{proxy.When(accel(sound), proxy.ForClient(proxy.ClientMatch{Networks: []netip.Prefix{{}}})), "is not a network"},
		{proxy.First(accel(sound), accel()), "First [1]: XAccel.Mounts is empty"},
		{proxy.First(), "First is empty"},
		{proxy.When(proxy.First(), proxy.InStore("a")), "First is empty"},
		{proxy.First(accel(sound), proxy.First()), "First [1]: First is empty"},
		{proxy.When(accel(sound), proxy.UnderPrefix("../x/")), `UnderPrefix "../x/" has a dot segment`},
		{proxy.When(accel(sound), proxy.UnderPrefix("x/./")), `UnderPrefix "x/./" has a dot segment`},
		{nil, "optimizer is nil"},
	} {
		err := proxy.Validate(tc.optimizer, "a", "b")
		require.Error(t, err, tc.want)
		assert.Contains(t, err.Error(), tc.want)
	}
	for _, o := range []blobdownload.Optimizer{
		accel(sound, proxy.Mount{Store: "b", Location: "/_b/"}), send("/srv/files"), &proxy.Presign{},
		accel(proxy.Mount{Store: "a", Prefix: "x/", Location: "/_x/"}, proxy.Mount{Store: "a", Prefix: "y/", Location: "/_y/"}),
		proxy.First(proxy.When(accel(sound), proxy.InStore("a", "b"), proxy.UnderPrefix("x/"), proxy.ForType("video/*", "application/pdf")), &proxy.Presign{}),
		&proxy.XAccelPresigned{Location: "/_url"},
	} {
		require.NoError(t, proxy.Validate(o, "a", "b"))
	}
	_, err := accel().Optimize(nil, object("a", "k"))
	require.Error(t, err, "what nobody validated is not used either")
}
