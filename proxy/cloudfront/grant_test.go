package cloudfront_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/cloudfront"
)

// allows decides a request with cookies as CloudFront documents it: the policy's signature, then its expiry, then its
// resource, in which "*" is any text and "?" any character.
func allows(t *testing.T, public crypto.PublicKey, cookies []*http.Cookie, url string, at time.Time) bool {
	t.Helper()
	jar := map[string]string{}
	for _, c := range cookies {
		require.NoError(t, c.Valid())
		jar[c.Name] = c.Value
	}
	require.Equal(t, "K123", jar["CloudFront-Key-Pair-Id"])
	decode := func(name string) []byte {
		b, err := base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(jar[name]))
		require.NoError(t, err)
		return b
	}
	policy, signature := decode("CloudFront-Policy"), decode("CloudFront-Signature")
	sum := sha1.Sum(policy)
	switch k := public.(type) {
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(k, crypto.SHA1, sum[:], signature) != nil {
			return false
		}
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(k, sum[:], signature) {
			return false
		}
	}
	var p struct {
		Statement []struct {
			Resource  string
			Condition struct {
				DateLessThan struct {
					Epoch int64 `json:"AWS:EpochTime"`
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(policy, &p))
	require.Len(t, p.Statement, 1)
	pattern := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(p.Statement[0].Resource))
	return at.Unix() < p.Statement[0].Condition.DateLessThan.Epoch && regexp.MustCompile("^"+pattern+"$").MatchString(url)
}

var mount = proxy.Mount{Store: "films", Prefix: "course/", Location: "https://cdn.example.com/v/"}

func grant(prefix string) blobdownload.Grant {
	return blobdownload.Grant{Store: "films", Prefix: prefix, Expires: time.Now().Add(time.Hour)}
}

// GR14: CloudFront's cookies of a grant are valid below its prefix and until its expiry.
func TestGrantCookiesAreValidBelowThePrefix(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey, "ECDSA": ecKey} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := cloudfront.NewSigner("K123", key)
			require.NoError(t, err)
			g := grant("course/7/")
			cookies, err := s.SignGrantCookies(g, mount)
			require.NoError(t, err)
			require.Len(t, cookies, 3)
			for _, c := range cookies {
				assert.Equal(t, "/v/7/", c.Path)
				assert.True(t, c.Secure && c.HttpOnly)
				assert.Less(t, len(c.String()), 4096)
			}
			for url, want := range map[string]bool{
				"https://cdn.example.com/v/7/index.m3u8": true, "https://cdn.example.com/v/7/hls/1.ts?x=1": true,
				"https://cdn.example.com/v/70/index.m3u8": false, "https://cdn.example.com/v/7": false, "https://cdn.example.com/v/8/a": false,
				"https://cdn.example.com/": false, "https://evil.example/v/7/a": false, "http://cdn.example.com/v/7/a": false,
			} {
				assert.Equal(t, want, allows(t, key.Public(), cookies, url, time.Now()), url)
				assert.False(t, allows(t, key.Public(), cookies, url, g.Expires), "expired")
			}
			assert.False(t, allows(t, other.Public(), cookies, "https://cdn.example.com/v/7/a", time.Now()), "of another key")
		})
	}
}

// GR13, GR14: a grant that a CDN cannot check, or that is wider than the mount, is rejected.
func TestGrantCookiesAreNotWiderThanTheGrant(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	s, err := cloudfront.NewSigner("K123", key)
	require.NoError(t, err)
	changed := func(change func(*blobdownload.Grant)) blobdownload.Grant {
		g := grant("course/7/")
		change(&g)
		return g
	}
	for name, g := range map[string]blobdownload.Grant{
		"another store":   changed(func(g *blobdownload.Grant) { g.Store = "docs" }),
		"above the mount": grant("films/"), "no slash": grant("course/7"), "everything": grant(""), "wildcard": grant("course/*/"),
		"one character": grant("course/?/"), "dots": grant("course/../"),
		"client":   changed(func(g *blobdownload.Grant) { g.Client = "alice" }),
		"HEAD":     changed(func(g *blobdownload.Grant) { g.Head = true }),
		"expired":  changed(func(g *blobdownload.Grant) { g.Expires = time.Now() }),
		"too long": changed(func(g *blobdownload.Grant) { g.Expires = time.Now().Add(200 * time.Hour) }),
	} {
		_, err := s.SignGrantCookies(g, mount)
		assert.Error(t, err, name)
	}
	_, err = s.SignGrantCookies(grant("course/7/"), proxy.Mount{Store: "films", Location: "http://cdn.example.com/"})
	assert.Error(t, err, "not https")
}

func TestGrantPrefixIsEscapedInThePolicy(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	s, err := cloudfront.NewSigner("K123", key)
	require.NoError(t, err)
	cookies, err := s.SignGrantCookies(grant("course/a é/"), mount)
	require.NoError(t, err)
	assert.True(t, allows(t, key.Public(), cookies, "https://cdn.example.com/v/a%20%C3%A9/1.ts", time.Now()))
	assert.Equal(t, "/v/a%20%C3%A9/", cookies[0].Path)
}
