package proxy_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func publicCDN() *proxy.CDN {
	c := cdn()
	c.Signer = proxy.PublicFiles{}
	return c
}

// publicObject is an object whose cache policy is public.
func publicObject(key string) *blobdownload.Download {
	d := object("docs", key)
	d.Header = http.Header{"Cache-Control": {"public, max-age=60"}}
	return d
}

// PB2: URLs without a signature are configured by name, and options that need a signature are errors.
func TestPublicFilesAreValidated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*proxy.CDN)
		want   string
	}{
		"PublicFiles":   {func(*proxy.CDN) {}, ""},
		"a pointer":     {func(c *proxy.CDN) { c.Signer = &proxy.PublicFiles{} }, ""},
		"embedded":      {func(c *proxy.CDN) { c.Signer, c.Expiry = struct{ proxy.PublicFiles }{}, time.Hour }, "proxy: CDN.Expiry: 1h0m0s with PublicFiles"},
		"nil":           {func(c *proxy.CDN) { c.Signer = nil }, "proxy: CDN.Signer: nil; want the CDN's signer, or PublicFiles{} for files that every client may read"},
		"RequestIDs":    {func(c *proxy.CDN) { c.RequestIDs = true }, "proxy: CDN.RequestIDs: true with PublicFiles: each request would have a URL of its own, which no cache shares"},
		"Overrides":     {func(c *proxy.CDN) { c.Overrides = true }, "proxy: CDN.Overrides: true with PublicFiles: every client could choose the media type of a file"},
		"Expiry":        {func(c *proxy.CDN) { c.Expiry = time.Hour }, "proxy: CDN.Expiry: 1h0m0s with PublicFiles: a URL without a signature does not expire"},
		"Window":        {func(c *proxy.CDN) { c.Window = time.Hour }, "proxy: CDN.Window: 1h0m0s with PublicFiles: a URL without a signature does not expire"},
		"http":          {func(c *proxy.CDN) { c.Mounts[0].Location = "http://cdn.example.com/p/" }, `proxy: CDN.Mounts[0].Location: "http://cdn.example.com/p/" is not an https URL`},
		"no slash":      {func(c *proxy.CDN) { c.Mounts[0].Location = "https://cdn.example.com/p" }, `CDN.Mounts[0].Location: "https://cdn.example.com/p" has no slash at its end`},
		"no host":       {func(c *proxy.CDN) { c.Mounts[0].Location = "https:///p/" }, "CDN.Mounts[0].Location"},
		"userinfo":      {func(c *proxy.CDN) { c.Mounts[0].Location = "https://u:p@cdn.example.com/p/" }, "CDN.Mounts[0].Location"},
		"query":         {func(c *proxy.CDN) { c.Mounts[0].Location = "https://cdn.example.com/p/?a/" }, "has a query or a fragment"},
		"dot segments":  {func(c *proxy.CDN) { c.Mounts[0].Location = "https://cdn.example.com/a/../p/" }, "a path that is not plain"},
		"a bare prefix": {func(c *proxy.CDN) { c.Mounts[0].Prefix = "public" }, `CDN.Mounts[0].Prefix: "public" has no slash at its end`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := publicCDN()
			tc.change(c)
			if err := proxy.Validate(c); tc.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.want)
			}
		})
	}
}

// PB4: the URL is the mount and the escaped key. Its one interpretation is the key.
func TestPublicFilesEscapeKeys(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"a.txt": "a.txt", "dir/a b.txt": "dir/a%20b.txt", "100%.txt": "100%25.txt", "a%2Fb": "a%252Fb", "é.txt": "%C3%A9.txt",
		"日本/語": "%E6%97%A5%E6%9C%AC/%E8%AA%9E", "a?b#c": "a%3Fb%23c", `a\b`: "a%5Cb", "a+b": "a%2Bb", "a*": "a%2A", `"><x`: "%22%3E%3Cx", "a;b,c": "a%3Bb%2Cc",
		"evil.example:80": "evil.example:80", "@evil.example": "@evil.example", "..a/...": "..a/...", "cafe\u0301": "cafe%CC%81",
	} {
		to, err := publicCDN().Optimize(getRequest, publicObject("public/"+key))
		require.NoError(t, err)
		require.NotNil(t, to, key)
		location := to.Header.Get("Location")
		assert.Equal(t, "https://cdn.example.com/p/"+want, location, "neither a query nor a signature")
		u, err := url.Parse(location)
		require.NoError(t, err)
		assert.Equal(t, []string{"cdn.example.com", "/p/" + key, ""}, []string{u.Host, u.Path, u.RawQuery})
		assert.Equal(t, "no-store", to.Header.Get("Cache-Control"))
	}
	for _, key := range []string{
		"public/../private/a", "public/..", "public/.", "public/a//b", "public//evil.example/", "public/", "public/a\x00", "public/\xff", "private/a", "publicity/a",
		"public/" + strings.Repeat("x", 256),
	} {
		to, err := publicCDN().Optimize(getRequest, publicObject(key))
		require.NoError(t, err)
		assert.Nil(t, to, key)
	}
}

// PB1: only downloads whose policy is public are redirected.
func TestPublicFilesNeedAPublicPolicy(t *testing.T) {
	t.Parallel()
	for policy, redirects := range map[string]bool{
		"": false, "no-cache": false, "private": false, "private, max-age=60": false, "max-age=60": false, "no-store": false,
		"public": true, "Public , max-age=60": true, "public, max-age=31536000, immutable": true, "public, no-store": false, "public, private": false,
		"public, no-cache": true, `private="x", public`: false, "x-public": false,
	} {
		d := object("docs", "public/a")
		if policy != "" {
			d.Header = http.Header{"Cache-Control": {policy}}
		}
		to, err := publicCDN().Optimize(getRequest, d)
		require.NoError(t, err)
		assert.Equal(t, redirects, to != nil, policy)
	}
	d := publicObject("public/a")
	d.Header["Set-Cookie"] = []string{"session=1"}
	to, err := publicCDN().Optimize(getRequest, d)
	require.NoError(t, err)
	assert.Nil(t, to, "a cookie makes the policy private")
	d = publicObject("public/a")
	d.File = d.File.WithVersion("v1")
	to, err = publicCDN().Optimize(getRequest, d)
	require.NoError(t, err)
	assert.Nil(t, to, "the URL names no version")
}

// PB1: a download that has passed a permission check is streamed under every cache policy.
func TestPublicFilesStreamPrivateDownloads(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "public/a.txt", []byte("content"), nil))
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)}
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{URL: "https://app.example.com/dl/", Keys: []blobdownload.SigningKey{{ID: "1", Secret: []byte(strings.Repeat("k", 32))}}, Once: &blobdownload.MemoryUses{}})
	require.NoError(t, err)
	policy := blobdownload.Public(time.Hour)
	key := func(*http.Request) string { return "public/a.txt" }
	check := func(*http.Request) error { return nil }
	view := blobdownload.StorageView(docs, key)
	file := func(string) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: docs.File("public/a.txt")}, nil
	}
	lookup := func(*http.Request) (string, error) { return "record", nil }
	server := &blobdownload.Server{Optimizer: publicCDN()}
	link := func(l blobdownload.Link) string {
		l.Store, l.Key, l.Expires, l.CacheControl = "docs", "public/a.txt", time.Now().Add(time.Hour), "public, max-age=60"
		u, err := signer.Sign(l)
		require.NoError(t, err)
		return u
	}
	granted, err := signer.SignGrant(blobdownload.Grant{Store: "docs", Prefix: "public/", Expires: time.Now().Add(time.Hour)}, "public/a.txt")
	require.NoError(t, err)
	links := signer.Require(server.Handler(blobdownload.LinkView(docs).Cached(policy)))
	for name, tc := range map[string]struct {
		handler http.Handler
		target  string
		want    int
	}{
		"public":                  {server.Handler(view.Cached(policy)), "/", http.StatusFound},
		"no policy":               {server.Handler(view), "/", http.StatusOK},
		"ObjectView":              {server.Handler(blobdownload.ObjectView(lookup, file).Cached(policy)), "/", http.StatusFound},
		"Authorized":              {server.Handler(view.Cached(policy).Authorized(check)), "/", http.StatusOK},
		"Authorized, then Cached": {server.Handler(view.Authorized(check).Cached(policy)), "/", http.StatusOK},
		"AuthorizedObjectView": {server.Handler(blobdownload.AuthorizedObjectView(lookup,
			func(*http.Request, string) error { return nil }, file).Cached(policy)), "/", http.StatusOK},
		"link":               {links, link(blobdownload.Link{}), http.StatusOK},
		"link for one use":   {links, link(blobdownload.Link{Once: true}), http.StatusOK},
		"link with a number": {links, link(blobdownload.Link{Downloads: 3}), http.StatusOK},
		"grant":              {signer.RequireGrant(server.Handler(blobdownload.GrantView(docs).Cached(policy))), granted, http.StatusOK},
		"rate": {server.Handler(view.Cached(policy).With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Rate = &blobdownload.RateLimit{PerDownload: 1 << 30}
			return nil
		})), "/", http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			w := httptest.NewRecorder()
			tc.handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, tc.target, http.NoBody))
			assert.Equal(t, tc.want, w.Code)
			assert.Equal(t, tc.want == http.StatusFound, w.Header().Get("Location") != "")
		})
	}
}
