package proxy_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/proxy"
)

var cdnKey = []byte{0x9d, 0x9b, 0x51, 0xa2, 0x17, 0x4d, 0x17, 0xd9, 0xb7, 0x70, 0xa3, 0x36, 0xe0, 0x87, 0x0a, 0xe3}

// The vectors are from Google's samples.
func TestCloudCDNSignsLikeGooglesSamples(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		url     string
		expires int64
		want    string
	}{
		{"http://35.186.234.33/index.html", 1558131350, "?Expires=1558131350&KeyName=my-key&Signature=fm6JZSmKNsB5sys8VGr-JE4LiiE="},
		{"https://www.google.com/", 1549751401, "?Expires=1549751401&KeyName=my-key&Signature=M_QO7BGHi2sGqrJO-MDr0uhDFuc="},
		{"https://www.example.com/some/path?some=query&another=param", 1549751461,
			"&Expires=1549751461&KeyName=my-key&Signature=sTqqGX5hUJmlRJ84koAIhWW_c3M="},
	} {
		got, err := (&proxy.CloudCDN{KeyName: "my-key", Key: cdnKey}).SignURL(tc.url, time.Unix(tc.expires, 0))
		require.NoError(t, err)
		assert.Equal(t, tc.url+tc.want, got)
	}
	_, err := (&proxy.CloudCDN{KeyName: "my-key", Key: cdnKey[:8]}).SignURL("https://a/", time.Now())
	require.Error(t, err)
}

func cdn() *proxy.CDN {
	return &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "docs", Prefix: "public/", Location: "https://cdn.example.com/p/"}},
		Signer: &proxy.CloudCDN{KeyName: "k", Key: cdnKey},
	}
}

func TestCDNRedirectsToTheMount(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	c := cdn()
	c.Now = func() time.Time { return now }
	require.NoError(t, proxy.Validate(c))
	first := redirected(t, c, "docs", "public/a b*?é.txt", "Location", nil)
	assert.Contains(t, first, "https://cdn.example.com/p/a%20b%2A%3F%C3%A9.txt?Expires=", "PS30: wildcards are escaped")
	now = now.Add(time.Minute)
	assert.NotEmpty(t, first)
	assert.Equal(t, first, redirected(t, c, "docs", "public/a b*?é.txt", "Location", nil), "one URL per window")
	now = now.Add(10 * time.Minute)
	assert.NotEqual(t, first, redirected(t, c, "docs", "public/a b*?é.txt", "Location", nil))
	assert.Empty(t, redirected(t, c, "docs", "private/a", "Location", nil))
	assert.Empty(t, redirected(t, c, "docs", "public/../private/a", "Location", nil))
	to, err := c.Optimize(getRequest, object("docs", "public/a"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, to.Status)
	assert.Equal(t, "no-store", to.Header.Get("Cache-Control"))

	c = cdn()
	c.Overrides = true
	assert.Contains(t, redirected(t, c, "docs", "public/a.txt", "Location", nil),
		"?response-cache-control=private%2C+no-cache&response-content-disposition=attachment%3B+filename%3D%22a.txt%22&response-content-type=text")
	d := object("docs", "public/a.txt")
	d.Header = http.Header{"Cache-Control": {"public"}}
	to, err = c.Optimize(getRequest, d)
	require.NoError(t, err)
	assert.Contains(t, to.Header.Get("Location"), "?response-cache-control=public%2C+max-age%3D300&", "not longer than the URL")
}

// countingSigner returns another signature each time, as ECDSA does.
type countingSigner struct{ count int }

func (s *countingSigner) SignURL(rawURL string, _ time.Time) (string, error) {
	s.count++
	return rawURL + "?signature=" + strconv.Itoa(s.count), nil
}

func TestCDNSignsOncePerWindow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	signer := new(countingSigner)
	c := cdn()
	c.Signer, c.Now = signer, func() time.Time { return now }
	first := redirected(t, c, "docs", "public/a", "Location", nil)
	now = now.Add(299 * time.Second)
	assert.Equal(t, first, redirected(t, c, "docs", "public/a", "Location", nil))
	assert.Equal(t, 1, signer.count)
	assert.NotEqual(t, first, redirected(t, c, "docs", "public/b", "Location", nil))
	now = now.Add(time.Second)
	assert.NotEqual(t, first, redirected(t, c, "docs", "public/a", "Location", nil), "the next window")
	assert.Equal(t, 3, signer.count)
}

type foreignSigner struct{}

func (foreignSigner) SignURL(string, time.Time) (string, error) {
	return "https://other.example/a", nil
}

func TestCDNRejectsSignedURLsOutsideOfTheMount(t *testing.T) {
	t.Parallel()
	c := cdn()
	c.Signer = foreignSigner{}
	to, err := c.Optimize(getRequest, object("docs", "public/a"))
	require.EqualError(t, err, "proxy: CDN.Signer: the signed URL is outside of the mount")
	assert.Nil(t, to)
}
