package site_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
)

// FuzzPathSelectsOneKey checks the rule for any request and any keys: the key is one of the site's, a redirect stays at the
// host, and the path that it leads to is the canonical one of the same key.
func FuzzPathSelectsOneKey(f *testing.F) {
	for _, seed := range []string{
		"/", "/about", "/about/", "/about.html", "/index.html", "/a/index", "/a/..", "//evil.example/", "/%2f%2fevil.example", "/a%5c/", "/..html", "/a/.html/",
		"/javascript:alert(1)/", "/%00", "/a:b.html", "/index.html/index.html/", "/é.html", "/about/?x=//evil.example",
	} {
		f.Add(seed, "about.html", "a/index.html", "index.html")
		f.Add(seed, strings.Trim(seed, "/"), "about", "default.htm")
	}
	f.Fuzz(func(t *testing.T, target, first, second, index string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || !strings.HasPrefix(target, "/") || strings.Contains(index, "/") || blobdownload.CanonicalKey(index) != nil {
			return
		}
		all := []string{first, second, "index.html", "about.html", "about/index.html"}
		key, _, canonical, location, ok := site.Locate(u, index, all...)
		if !ok {
			return
		}
		require.Contains(t, all, key)
		require.NoError(t, blobdownload.CanonicalKey("www/"+key))
		require.False(t, strings.HasPrefix(strings.TrimPrefix(key, ".well-known/"), ".") || strings.Contains(strings.TrimPrefix(key, ".well-known/"), "/."))
		if location == "" {
			return
		}
		base := *u
		base.Scheme, base.Host = "https", "www.example.com"
		to, err := base.Parse(location)
		require.NoError(t, err, location)
		assert.Equal(t, []string{"https", "www.example.com"}, []string{to.Scheme, to.Host})
		assert.Nil(t, to.User)
		assert.False(t, strings.HasPrefix(to.EscapedPath(), "//"), location)
		assert.False(t, strings.ContainsFunc(location, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }), location)
		again, path, same, further, ok := site.Locate(to, index, all...)
		require.True(t, ok, location)
		require.Equal(t, []string{key, canonical, canonical, ""}, []string{again, path, same, further}, "one redirect")
	})
}
