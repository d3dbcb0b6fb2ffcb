package proxy_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

var (
	grantCDN   = &proxy.CloudCDN{KeyName: "k", Key: []byte("sixteen bytes ok")}
	grantMount = proxy.Mount{Store: "films", Prefix: "course/", Location: "https://cdn.example.com/v/"}
)

// allowedPrefix verifies a signed prefix as Cloud CDN documents it, and returns the prefix.
func allowedPrefix(t *testing.T, signed, separator string) string {
	t.Helper()
	policy, signature, ok := strings.Cut(signed, separator+"Signature=")
	require.True(t, ok)
	mac := hmac.New(sha1.New, grantCDN.Key)
	mac.Write([]byte(policy))
	require.Equal(t, base64.URLEncoding.EncodeToString(mac.Sum(nil)), signature)
	fields := strings.Split(policy, separator)
	require.Len(t, fields, 3)
	prefix, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(fields[0], "URLPrefix="))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(fields[1], "Expires="))
	assert.Equal(t, "KeyName=k", fields[2])
	return string(prefix)
}

// GR16: Cloud CDN's prefix of a grant ends with a slash: no neighbour begins with it.
func TestCloudCDNSignsThePrefixOfAGrant(t *testing.T) {
	t.Parallel()
	g := blobdownload.Grant{Store: "films", Prefix: "course/7/", Expires: time.Now().Add(time.Hour)}
	signed, err := grantCDN.SignGrant(g, grantMount, "course/7/hls/a b.ts")
	require.NoError(t, err)
	target, query, _ := strings.Cut(signed, "?")
	prefix := allowedPrefix(t, query, "&")
	assert.Equal(t, "https://cdn.example.com/v/7/", prefix)
	assert.Equal(t, prefix+"hls/a%20b.ts", target)
	_, err = url.Parse(signed)
	require.NoError(t, err)

	cookie, err := grantCDN.SignGrantCookie(g, grantMount)
	require.NoError(t, err)
	require.NoError(t, cookie.Valid())
	assert.Equal(t, "Cloud-CDN-Cookie", cookie.Name)
	assert.Equal(t, "/v/7/", cookie.Path)
	assert.Equal(t, prefix, allowedPrefix(t, cookie.Value, ":"))
}

// GR13: a grant that is wider than the mount, or that the CDN cannot check, is rejected.
func TestCloudCDNRejectsGrants(t *testing.T) {
	t.Parallel()
	good := blobdownload.Grant{Store: "films", Prefix: "course/7/", Expires: time.Now().Add(time.Hour)}
	for name, change := range map[string]func(*blobdownload.Grant, *proxy.Mount){
		"store":      func(g *blobdownload.Grant, _ *proxy.Mount) { g.Store = "docs" },
		"prefix":     func(g *blobdownload.Grant, _ *proxy.Mount) { g.Prefix = "course/7" },
		"above":      func(g *blobdownload.Grant, _ *proxy.Mount) { g.Prefix = "films/" },
		"client":     func(g *blobdownload.Grant, _ *proxy.Mount) { g.Client = "alice" },
		"head":       func(g *blobdownload.Grant, _ *proxy.Mount) { g.Head = true },
		"expired":    func(g *blobdownload.Grant, _ *proxy.Mount) { g.Expires = time.Now() },
		"not https":  func(_ *blobdownload.Grant, m *proxy.Mount) { m.Location = "http://cdn.example.com/v/" },
		"other name": func(g *blobdownload.Grant, m *proxy.Mount) { g.Prefix = "course/__0x2f__/" },
	} {
		g, m := good, grantMount
		change(&g, &m)
		_, err := grantCDN.SignGrantCookie(g, m)
		require.Error(t, err, name)
		_, err = grantCDN.SignGrant(g, m, g.Prefix+"a")
		require.Error(t, err, name)
	}
	_, err := grantCDN.SignGrant(good, grantMount, "course/70/a")
	require.ErrorContains(t, err, "does not cover")
	_, err = (&proxy.CloudCDN{}).SignGrantCookie(good, grantMount)
	require.Error(t, err)
}
